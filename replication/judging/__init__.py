"""Comparisons, findings and verdicts."""
