"""Numbers that mean something here: bounds on year, length, pages, price, rating; decades, ages, counts, ordinals.

`find` reads them all; each of the others reads one kind, in readings that may lie over another's.
"""
