"""The command ``replicate``."""
