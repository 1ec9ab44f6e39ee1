"""What to do next: acts and taps become feedback and a Want (`acts`, `taps`), and this a Move (`decide`).

Hearing: `hear` writes down, `pointing` knows what is spoken of, `narrowing` what was asked for, `groups` whose taste
counts, `wanting` what is to be seen (a `want`). Answering: a list is chosen in `picks` and put in `order`, on what
`view` sees of the `shelf`, with its `claims` and `reasons`; `questions` asks beside it, `endings` says that nothing is
left; `one_item`, `person`, `ballot` and `talk` answer the rest. No sentences: a Move names lines by key, `core.wording`
says them.
"""
