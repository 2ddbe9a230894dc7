"""The report: pages, tables and machine-readable files."""
