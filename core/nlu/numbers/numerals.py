"""Numbers as people write them: 1,500, 1.5k, 一千五, 三四百, half a dozen, ninety."""

import re

ZH_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3, "幺": 1}
_ZH_UNITS = {"十": 10, "廿": 20, "百": 100, "千": 1000, "万": 10000}
_SUFFIX = {"k": 1000, "w": 10000, "百": 100, "千": 1000, "万": 10000}
EN_WORDS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_EN_ALONE = "|".join(sorted(EN_WORDS, key=len, reverse=True))

DIGITS = r"(?:\d{1,3}(?:[, ]\d{3})+(?!\d)|\d+(?:\.\d+)?)(?:\s?(?:k|w)(?![a-z])|[百千万])?"
CHINESE = r"(?:[零〇一二两三四五六七八九十百千万廿]{1,16}(?:几|来|多)?)"  # bounded, or a long row of them takes seconds
ENGLISH = rf"(?:(?:{_EN_ALONE}|an?)(?:[ -](?:{_EN_ALONE}|hundred|thousand|and(?= (?:{_EN_ALONE})))){{0,8}}(?![a-z]))"
NUMBER = rf"(?:{DIGITS}|{CHINESE}|(?<![a-z]){ENGLISH})"
_GROUPED = re.compile(r"\d{1,3}(?:[, ]\d{3})+")


def value(text: str) -> float | None:
    """The number that a text of NUMBER's form says (the greater one for 三四百), or None."""
    text = text.strip().lower()
    if not text:
        return None
    if text[0].isdigit():
        head = text.rstrip("kw百千万 ")
        factor = 1
        for char in text[len(head) :].strip():
            factor *= _SUFFIX.get(char, 1)
        head = re.sub(r"[, ](?=\d{3})", "", head)
        try:
            return float(head) * factor
        except ValueError:
            return None
    return chinese(text) if text[0] > "\u2fff" else english(text)


def chinese(text: str) -> float | None:
    """Value of Chinese numerals: 一千五 is 1500, 三四百 400, 二十来 20, 十几 15; digits alone in order."""
    text = text.rstrip("来多")
    if text.endswith("几"):
        base = chinese(text[:-1])
        return None if base is None else base + 5
    if not text or any(c not in ZH_DIGITS and c not in _ZH_UNITS for c in text):
        return None
    if len(text) > 1 and all(c in ZH_DIGITS for c in text):
        if len(text) == 2 and "零" not in text and "〇" not in text:  # 三五 (部), 一两 (部)
            return float(max(ZH_DIGITS[c] for c in text))
        return float(int("".join(str(ZH_DIGITS[c]) for c in text)))
    total, section, digit, last = 0.0, 0.0, None, 1
    for char in text:
        if char in ZH_DIGITS:
            digit, zero = ZH_DIGITS[char], char in "零〇"
            if zero:
                digit, last = None, 1
            continue
        unit = _ZH_UNITS[char]
        if char == "廿":
            section += 20
        elif unit == 10000:
            total += (section + (digit or 0) or 1) * unit
            section = 0.0
        else:
            section += (1 if digit is None else digit) * unit
        digit, last = None, unit
    if digit is not None:
        section += digit * (last / 10 if last >= 100 else 1)
    return total + section


def english(text: str) -> float | None:
    """Value of English number words: "a hundred", "two hundred and fifty", "ninety"."""
    total, current, seen = 0.0, 0.0, False
    for word in re.split(r"[ -]+", text):
        if word in ("a", "an"):
            current, seen = current or 1.0, True
        elif word in EN_WORDS:
            current, seen = (
                (0.0 if current == 1.0 and not total and word in ("hundred",) else current) + EN_WORDS[word],
                True,
            )
        elif word == "hundred":
            current = (current or 1) * 100
        elif word == "thousand":
            total, current = total + (current or 1) * 1000, 0.0
        elif word != "and":
            return None
    return total + current if seen or total else None
