"""Drawing results with matplotlib; nothing is computed here."""
