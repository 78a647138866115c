"""How well a frozen network's features suit a task, from the features and labels alone.

Each module holds one score; ``methods`` takes them all of one contender and times each. Nothing
here knows of files, networks or test items.
"""
