"""How each kind of result is viewed in a page; the views, and the pieces they are put from."""
