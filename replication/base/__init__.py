"""What knows no model and no article: axes, files, records, statistics."""
