"""A page that answers: what is typed into it is asked of a model, here."""
