"""How well a frozen network's features suit a task, from the features and labels alone.

Each module holds one score; ``methods`` computes and times them all for one candidate. Nothing
here knows of files, networks or test items.
"""
