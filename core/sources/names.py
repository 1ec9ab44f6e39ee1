"""Names, ids, numbers and dates of outside forms, brought to one spelling."""

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime

from core.catalog import AUDIENCES, MOODS, Name
from core.nlu.lexicon import entries
from core.nlu.normalise import fold, simplify
from core.sources.movielens import names as unfolded

_ARTICLES = ("the", "a", "an")
_WORD = re.compile(r"[^\W_]+")
_FACET = re.compile(r"[a-z0-9&+]+(-[a-z0-9&+]+)*")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_SEASON = re.compile(
    r"[:：]\s*(?:limited series|(?:season|part|volume|book|chapter|series|collection)\s*\d+|第.{1,4}[季部])\s*[:：].*$"
    r"|[:：]?\s*(?:(?:season|series)\s*\d+|第[一二三四五六七八九十\d]+季)\s*$",
    re.IGNORECASE,
)  # "Dark: Season 1: Secrets", "权力的游戏 第一季"
_EDITION = re.compile(
    r"\s*[(（\[][^()（）\[\]]*(?:edition|#\s*\d|\bvol|anniversary|classics|paperback|hardcover|unabridged|版|全集|套装)"
    r"[^()（）\[\]]*[)）\]]\s*$",
    re.IGNORECASE,
)
_ANOTHER_BOOK = re.compile(
    r"graphic|companion|guide|vol\.|volume|summary|boxed|workbook|part |漫画|指南", re.IGNORECASE
)
FORMS = {  # what a row may call its kind -> domain and kind of ours
    **dict.fromkeys(("film", "movie", "movies", "films", "tvmovie", "tv movie", "电影"), ("film", "film")),
    **dict.fromkeys(
        ("tv", "show", "shows", "series", "tv series", "tvseries", "tv mini series", "tvminiseries", "电视剧", "剧集"),
        ("film", "series"),
    ),
    **dict.fromkeys(("book", "books", "novel", "书", "图书"), ("book", None)),
    **dict.fromkeys(("music", "album", "song", "track", "音乐", "专辑"), ("music", None)),
    **dict.fromkeys(("article", "post", "文章"), ("article", None)),
    **dict.fromkeys(("product", "商品"), ("product", None)),
    **dict.fromkeys(("topic", "话题"), ("topic", None)),
}


def key(name: str) -> str:
    """Letters and digits of a name, to compare: without case, accents, script and a leading English article."""
    if not name.isascii():
        name = simplify(unicodedata.normalize("NFKC", name))
    name = fold(name.replace("&", " and ").replace("'", "").replace("’", ""))
    words = _WORD.findall(name)
    return "".join(words[1:] if len(words) > 1 and words[0] in _ARTICLES else words)


def variants(name: str, domain: str | None = None) -> tuple[str, ...]:
    """The names that a title may stand for: articles where they belong, without edition, series or season."""
    bare = without_edition(name)
    found = [*strict_variants(name, domain)]
    if domain in ("film", None):
        found.append(without_season(name))
    if " / " in name and domain != "book":  # Douban's two names; of books, several in one volume
        found += name.split(" / ")
    head, colon, subtitle = re.sub("：", ":", bare).partition(":")
    if domain == "book" and colon and not _ANOTHER_BOOK.search(subtitle):
        found.append(head)
    return tuple(dict.fromkeys(n.strip() for n in found if n.strip()))


def strict_variants(name: str, domain: str | None = None) -> tuple[str, ...]:
    """Of the variants those that are one work's beyond doubt. In brackets a film has other names, a book its series."""
    others = unfolded(name) if domain in ("film", None) else ()
    return tuple(dict.fromkeys((name, *others, without_edition(name))))


def without_season(name: str) -> str:
    """The series' name, of a season's or an episode's."""
    return _SEASON.sub("", name).strip()


def without_edition(name: str) -> str:
    """The work's name: no "(Anniversary Edition)", no "(Dune, #1)"."""
    while (cut := _EDITION.sub("", name).strip()) != name and cut:
        name = cut
    return name


def in_languages(*names: str) -> Name:
    """Chinese and other name, the first of each."""
    chinese = [n for n in names if n and is_chinese(n)]
    others = [n for n in names if n and not is_chinese(n)]
    return Name(chinese[0] if chinese else None, others[0] if others else None)


def is_chinese(text: str) -> bool:
    return bool(_CHINESE.search(text)) and not _KANA.search(text)


def slug(text: str) -> str:
    """Latin letters and digits joined by hyphens; another script by its hash."""
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ").replace("'", "").replace("’", ""))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)).casefold())
    return "-".join(words)[:80].strip("-") or f"x{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}"


def item_id(domain: str, name: Name, year: int | None) -> str:
    return f"{domain}:{slug(name.en or name.zh or '')}" + (f"-{year}" if year is not None else "")


def facets(words: Iterable[str], domain: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Genres, moods and keywords that words of a source mean; words that we have no genre for become keywords."""
    known = _facet_words()
    genres: dict[str, None] = {}
    moods: dict[str, None] = {}
    keywords: dict[str, None] = {}
    for word in words:
        folded = fold(simplify(word.strip()))
        spaced = folded.replace("-", " ")
        found = known.get(folded) or known.get(spaced) or known.get(spaced.removesuffix("s"))
        plain = "-".join(re.findall(r"[a-z0-9&+]+", folded)) if folded.isascii() else ""
        if found is not None and found[0] == "genre":
            genres[found[1]] = None
        elif plain in MOODS:
            moods[plain] = None
        elif domain == "product" and _FACET.fullmatch(plain) and len(plain) <= 30:
            genres[plain] = None
        elif _FACET.fullmatch(plain) and 2 < len(plain) <= 30 and plain not in AUDIENCES:
            keywords[plain] = None
    return tuple(genres)[:4], tuple(moods)[:4], tuple(keywords)[:9]


# What catalogues write and nobody says
_CATALOGUE_WORDS = {"剧情": "drama", "文学": "literary", "经典": "classic", "外国文学": "literary"}
_FACET_WORDS: dict[str, tuple[str, str]] = {}


def _facet_words() -> dict[str, tuple[str, str]]:
    if not _FACET_WORDS:
        _FACET_WORDS.update((word, ("genre", value)) for word, value in _CATALOGUE_WORDS.items())
        for (kind, value), (zh, en) in entries().items():
            if kind in ("genre", "country"):
                for word in (value, value.replace("-", " "), *zh, *en):
                    if kind == "genre" or word != value:
                        _FACET_WORDS.setdefault(fold(simplify(word)), (kind, value))
    return _FACET_WORDS


def countries(words: Iterable[str]) -> list[str]:
    """Two-letter codes of the countries named."""
    known = _facet_words()
    found = (known.get(fold(simplify(word.strip()))) for word in words)
    return list(dict.fromkeys(value for kind, value in (f for f in found if f) if kind == "country"))


def form(text: str) -> tuple[str | None, str | None]:
    """Domain and kind that a row's word means; (None, None) for none that is known."""
    return FORMS.get(text.strip().casefold(), (None, None))


# ---- ids ----


def plain_id(text: object) -> str:
    """278, "278", " 278" and 278.0 are one id; so are isbn's with and without hyphens."""
    found = str(text).strip().strip("'\"=").strip()
    return found.removesuffix(".0") if re.fullmatch(r"\d+\.0", found) else found


def imdb_id(text: object) -> str | None:
    """tt and at least seven digits, of a number, an id or an address; None where there is none."""
    found = re.search(r"tt(\d+)", str(text)) or re.fullmatch(r"\s*(\d{1,9})(?:\.0)?\s*", str(text))
    return f"tt{int(found[1]):07d}" if found and int(found[1]) else None


def isbn(text: object) -> str | None:
    """Thirteen digits, of either form; None for what is none, such as one that a spreadsheet has rounded."""
    digits = re.sub(r"[ -]", "", plain_id(text))
    if re.fullmatch(r"\d{9}[\dXx]", digits):
        weighed = sum((10 - n) * (10 if d in "Xx" else int(d)) for n, d in enumerate(digits))
        digits = f"978{digits[:9]}" if weighed % 11 == 0 else ""
        return digits + str(_check_digit(digits)) if digits else None
    return digits if re.fullmatch(r"97[89]\d{10}", digits) and int(digits[12]) == _check_digit(digits[:12]) else None


def _check_digit(digits: str) -> int:
    return -sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(digits)) % 10


# ---- numbers and dates ----


def number(text: str) -> float | None:
    """The first number in a text, also with a comma for the decimals; None where there is none."""
    found = re.search(r"-?\d[\d.,' \u00a0]*", text)
    if found is None:
        return None
    digits = re.sub(r"[' \u00a0]", "", found[0]).rstrip(".,")
    if "," in digits and "." in digits:
        decimal = max(digits.rfind(","), digits.rfind("."))
        digits = re.sub("[.,]", "", digits[:decimal]) + "." + digits[decimal + 1 :]
    elif "," in digits:
        head, _, tail = digits.rpartition(",")
        digits = digits.replace(",", "") if len(tail) == 3 or "," in head else f"{head}.{tail}"
    try:
        return float(digits)
    except ValueError:
        return None


def share(text: object, top: float) -> float | None:
    """A rating over the scale's top; None for none given, which is what 0 means everywhere.

    Also "4.5/5", "85%" and stars. ValueError for what is no rating of that scale.
    """
    words = str(text if text is not None else "").strip()
    if words in ("", "-", "--", "N/A", "null", "None", "nan", "NaN"):
        return None
    if re.fullmatch(r"[★⭐☆½️]+", words):
        value = words.count("★") + words.count("⭐") + 0.5 * words.count("½")
        top = 5.0
    else:
        found = re.fullmatch(r"(-?\d+(?:[.,]\d+)?)\s*(?:(%)|/\s*(\d+(?:\.\d+)?))?", words)
        if found is None:
            raise ValueError(f"{words[:40]!r} is no rating")
        value = float(found[1].replace(",", "."))
        top = 100.0 if found[2] else float(found[3]) if found[3] else top
    if not 0 <= value <= top:
        raise ValueError(f"{words[:40]} is outside 0 to {top:g}")
    return value / top if value else None


def year_of(text: object) -> int | None:
    """A year, of a number, a date or "1967.0"; None where there is none."""
    words = str(text)
    found = re.fullmatch(r"\s*(-?\d{1,4})(?:\.0)?\s*", words) or re.search(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)", words)
    year = int(found[1]) if found else 0
    return year if -3000 <= year <= 2100 and year else None


def moment(text: object) -> str | None:
    """A date or time as ISO text that sorts; None for none, or one that could be read two ways (1/2/24)."""
    words = str(text or "").strip()
    if re.fullmatch(r"\d{9,10}(\.0)?", words):
        return datetime.fromtimestamp(int(float(words)), UTC).date().isoformat()
    iso = re.match(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?(?:[T ](\d{2}:\d{2}(?::\d{2})?))?", words)
    try:
        if iso:
            day = date(int(iso[1]), int(iso[2]), int(iso[3])).isoformat()
            return f"{day}T{iso[4]}" if iso[4] else day
        slashes = re.match(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})\b", words)
        if slashes and max(int(slashes[1]), int(slashes[2])) > 12:
            first, second, year = int(slashes[1]), int(slashes[2]), int(slashes[3])
            month, day_of = (second, first) if first > 12 else (first, second)
            return date(year + 2000 if year < 100 else year, month, day_of).isoformat()
    except ValueError:
        pass
    return None


def plain_text(markup: str, most: int = 600) -> str:
    """What HTML says, in one line, cut at a word."""
    text = re.sub(r"(?is)<(script|style)\b.*?</\1>", " ", markup)
    text = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())
    text = "".join(c for c in text if c.isprintable() and not "\ud800" <= c <= "\udfff")
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + "…"


def about(*texts: str) -> Name:
    """Descriptions by the language they are written in."""
    return in_languages(*(plain_text(text) for text in texts if text))
