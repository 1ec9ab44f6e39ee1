"""What to do next: acts and taps become feedback (`hear`, `acts`, `taps`, `groups`), feedback a Move (`decide`).

The items of a list are chosen in `picks`, on what `view` sees; `one_item`, `person`, `ballot` and `talk` answer the
rest. No sentences: a Move names lines by key, and `core.wording` says them.
"""
