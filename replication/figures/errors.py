"""The error of making figures, light to import: the command tells it from others."""


class FigureError(Exception):
    """A figure cannot be made; the message says which, and what went wrong."""
