"""How English names things."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.catalog import Item, Person
from core.turns import SERIES, Condition, Target
from core.wording.naming import MANY, Names, capitalised, cut, number, outright, split_minutes

DIGITS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
SINGULAR = {
    "film": "film", "book": "book", "music": "album", "article": "article", "product": "thing", "topic": "group",
}  # fmt: skip
PLURAL = {**{domain: f"{noun}s" for domain, noun in SINGULAR.items()}, "series": "series", "": "things"}
AUDIENCES = {"child": "for kids", "family": "for the whole family", "teen": "for teens", "adult": "for grown-ups"}
BOUNDS = {"<=": "at most {}", "<": "under {}", ">=": "at least {}", ">": "over {}", "=": "exactly {}", "!=": "not {}"}
YEARS = {"<=": "up to {}", "<": "before {}", ">=": "from {} on", ">": "after {}", "=": "from {}", "!=": "not from {}"}
RATINGS = {
    "<=": "rated {} at most", "<": "rated below {}", ">=": "rated {} or higher", ">": "rated above {}", "=": "rated {}",
    "!=": "not rated {}",
}  # fmt: skip
MORE = {
    "light": "lighter", "funny": "funnier", "warm": "warmer", "sad": "sadder", "dark": "darker", "tense": "tenser",
    "scary": "scarier", "calm": "calmer", "slow": "slower", "strange": "stranger",
}  # fmt: skip
COUNTABLE = frozenset(  # genres whose name is one thing of the kind: who likes it likes comedies, but horror
    "biography book club comedy documentary drama essay film memoir movie musical mystery novel opera romance"
    " singer-songwriter smartphone soundtrack speaker thriller toolbox toy western".split()
)
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class English:
    """The words."""

    names: Names

    def title(self, item: Item, width: int | None = None) -> str:
        name = item.title.in_("en")
        return self._marked(name if width is None else cut(name, width - 2), always=False)

    def quoted(self, words: str) -> str:
        return self._marked(words, always=True) if words else ""

    @staticmethod
    def _marked(name: str, always: bool) -> str:
        """A Chinese title in its own marks, one word in quotes, or it would be read as a word of the sentence."""
        if _HAN.search(name):
            return f"《{name}》"
        return f"“{name}”" if always or " " not in name else name

    def person(self, person: Person) -> str:
        return person.name.in_("en")

    def facet(self, target: Target) -> str:
        match target.kind:
            case "decade":
                return f"the {target.value}s"
            case "audience":
                return AUDIENCES.get(target.value, target.value)
            case "domain":
                return PLURAL.get(target.value, target.value) if target.value != "music" else "music"
        name = self.names.name(target, "en") or target.value.replace("-", " ")
        return capitalised(name) if target.kind in ("person", "country", "language") else name

    def nouns(self, target: Target) -> str:
        name = self.facet(target)
        match target.kind:
            case "genre" if name.rpartition(" ")[2] in COUNTABLE:
                return f"{name[:-1]}ies" if name.endswith("y") and name[-2] not in "aeiou" else f"{name}s"
            case "mood":
                return f"{name} things"
            case "country":
                return f"things from {name}"
            case "language":
                return f"things in {name}"
            case "audience":
                return f"things {name}"
        return name

    def more(self, target: Target) -> str:
        if target.kind == "mood" and target.value in MORE:
            return MORE[target.value]
        return f"more {self.facet(target)}"

    def things(self, targets: Iterable[Target], domain: str) -> str:
        of: dict[str, list[str]] = {}
        for target in targets:
            if target == SERIES:
                domain = target.value
            else:
                of.setdefault(target.kind, []).append(self.facet(target))
        said = [", ".join(of["mood"])] if "mood" in of else []
        if domain == "product" and "keyword" in of:
            said.append(_goods(of.pop("keyword"), of.get("genre", [])))
        elif domain == "music" and "keyword" in of:  # rain music: a song is hardly about it
            said += [" and ".join(of.pop("keyword")), _noun(of.get("genre", []), domain)]
        else:
            said.append(_noun(of.get("genre", []), domain))
        for kind, word in (
            ("keyword", "about"), ("country", "from"), ("language", "in"), ("decade", "from"), ("person", "by or with"),
            ("audience", ""),
        ):  # fmt: skip
            if kind in of:
                said.append(f"{word} {self.listed(of[kind], True)}".strip())
        return " ".join(said)

    def condition(self, condition: Condition) -> str:
        if condition.target is not None:
            return self._facet_condition(condition.target, condition.must)
        op, value = outright(condition)
        match condition.kind:
            case "year":
                return YEARS[op].format(int(value))
            case "rating":
                return RATINGS[op].format(number(value))
            case "minutes":
                return BOUNDS[op].format(_duration(value))
            case "pages":
                return BOUNDS[op].format(f"{number(value)} pages")
        return BOUNDS[op].format(f"¥{number(value)}")

    def _facet_condition(self, target: Target, must: bool) -> str:
        name = self.facet(target)
        match target.kind:
            case "decade" | "country":
                return f"{'' if must else 'not '}from {name}"
            case "language":
                return f"{'' if must else 'not '}in {name}"
            case "audience":
                return f"{'' if must else 'not '}{name}"
            case "mood":
                return name if must else f"nothing {name}"
        return name if must else f"no {name}"

    def has(self, condition: Condition, value: object) -> str:
        kind = condition.kind or (condition.target.kind if condition.target else "")
        if isinstance(value, int | float):
            kind = "year" if kind == "decade" else kind
            head = {"minutes": "runs", "pages": "has", "price": "costs", "rating": "is rated", "year": "is from"}
            return f"it {head.get(kind, 'is')} {self.amount(kind, value)}"
        targets = [t for t in value if isinstance(t, Target)] if isinstance(value, tuple) else []
        if condition.target in targets:
            targets = [condition.target]
        if not targets:
            return ""
        head = {"person": "is by or with ", "language": "is in ", "country": "is from ", "keyword": "is about "}
        return f"it {head.get(kind, 'is ')}{self.listed([self.facet(t) for t in targets], True, 3)}"

    def listed(self, words: Iterable[str], plain: bool, most: int = 4) -> str:
        words = list(words)
        if len(words) > most:
            return ", ".join(words[: most - 1]) + f" and {len(words) - most + 1} more"
        if not plain or len(words) < 2:
            return ", ".join(words)
        return ", ".join(words[:-1]) + " and " + words[-1]

    def count(self, number: float) -> str:
        return _numeral(int(number))

    def entries(self, number: int) -> str:
        return f"{number} {'entry' if number == 1 else 'entries'}"

    def counted(self, number: int, domain: str) -> str:
        if number > MANY:
            return f"plenty of {PLURAL.get(domain, 'things')}"
        return f"{_numeral(number)} {SINGULAR.get(domain, 'thing') if number == 1 else PLURAL.get(domain, 'things')}"

    def these(self, number: int, domain: str) -> str:
        return "this one" if number == 1 else f"these {_numeral(number)}"

    def measure(self, domain: str) -> str:
        return "one"

    def ones(self, number: int, domain: str) -> str:
        return _numeral(number)

    def amount(self, kind: str, value: float) -> str:
        match kind:
            case "year":
                return str(int(value))
            case "minutes":
                hours, minutes = split_minutes(value)
                return " ".join(
                    filter(None, (f"{hours} h" if hours else "", f"{minutes} min" if minutes or not hours else ""))
                )
            case "pages":
                return f"{round(value)} pages"
            case "price":
                return f"¥{number(value)}"
            case "rating":
                return f"{number(value)} out of 10"
        return number(value)

    def chance(self, percent: float) -> str:
        tenths = round(percent / 10)
        words = "under 1 in 10" if percent < 5 else "better than 9 in 10" if percent > 94 else f"about {tenths} in 10"
        return f"{words} ({min(99, max(1, round(percent)))}%)"

    def relative(self, year: int, this_year: int | None) -> str:
        word = {0: "this year", 1: "last year", 2: "the year before last"}.get((this_year or -9999) - year, "")
        return f"{word} ({year})" if word else str(year)


def _numeral(value: int) -> str:
    return DIGITS[value] if 0 <= value <= 10 else str(value)


def _duration(value: float) -> str:
    hours, minutes = split_minutes(value)
    if hours and not minutes:
        return f"{hours} hour{'s' if hours > 1 else ''}"
    return f"{hours} h {minutes} min" if hours > 1 else f"{round(value)} minutes"


def _goods(keywords: Sequence[str], genres: Sequence[str]) -> str:
    """Goods by their keywords: headphones, camping things, tea and coffee gifts for dad."""
    whose = [k.removeprefix("a gift ") for k in keywords if k.startswith("a gift for ")]
    others = [*genres, *(k for k in keywords if k != "gifts" and not k.startswith("a gift for "))]
    head = [", ".join(others[:-1]), others[-1]] if len(others) > 1 else others
    gifts = len(keywords) + len(genres) > len(others)
    noun = "gifts" if gifts else "" if others and others[-1].endswith("s") else "things"
    return " ".join(filter(None, (*head, noun, " and ".join(whose))))


def _noun(genres: Sequence[str], domain: str) -> str:
    """Genres and what they are genres of: sci-fi films, family films, jazz."""
    noun = "music" if domain == "music" else PLURAL.get(domain, "things")
    if not genres:
        return noun
    *others, last = [g.removesuffix(" film") for g in genres] if domain == "series" else genres
    ending = last.rpartition(" ")[2]
    if ending in ("film", "movie", "book", "novel"):
        last = f"{last}s"
    elif ending != noun and not (domain == "music" and ending == "pop"):
        last = f"{last} {noun}"
    return " ".join((*others, last))
