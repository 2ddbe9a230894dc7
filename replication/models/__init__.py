"""Models: the table, their bytes, loading with its checks."""
