"""Drawing, and the table of figures."""
