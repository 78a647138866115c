"""What a reader sees: figures, tables, examples, pages."""
