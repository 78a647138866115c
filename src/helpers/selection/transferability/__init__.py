"""How well frozen features suit a task: no test items, files or networks are involved."""
