"""Every result type: values with names, shapes and units, checked when they are made."""
