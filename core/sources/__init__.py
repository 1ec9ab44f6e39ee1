"""Catalogues and reactions from outside: one reader a form."""
