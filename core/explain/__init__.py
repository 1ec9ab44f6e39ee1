"""Arrays and contributions into words and pictures: why an item, why a reading, which facets carry a taste.

`shares` takes a logit apart, `importance` tells what carries a belief, `attention` shows what a model looked at. Each
gives values first, a text of letters for any terminal, and a picture where matplotlib is installed (extra `plots`).
"""
