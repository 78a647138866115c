"""Images in which objects are to be found: their boxes, and what can be wrong with them."""
