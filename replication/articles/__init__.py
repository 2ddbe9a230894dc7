"""The articles and companion texts as data: texts, published numbers, thresholds, slips."""
