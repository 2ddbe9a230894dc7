"""Pure functions from a recording to a result."""
