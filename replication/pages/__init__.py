"""Interactive views and the report as HTML."""
