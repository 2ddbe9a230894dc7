"""The articles' own models against the published numbers, number by number."""
