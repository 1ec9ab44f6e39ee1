"""What to do next: from acts to feedback (`hear`, `acts`), from feedback to a slate or a question (`picks`, `decide`).

No sentences: a Move names lines by key, and `core.wording` says them.
"""
