"""From study files to a plan, from the plan to stages."""
