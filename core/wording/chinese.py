"""How Chinese names things; with `latin`, for somebody who goes between both languages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.catalog import Item, Person
from core.turns import SERIES, Condition, Target
from core.wording.naming import MANY, Names, capitalised, cut, number, of_abroad, outright, split_minutes

DIGITS = "零一二三四五六七八九十"
_FROM_ABROAD = "·"  # stands between the parts of a name that is written by its sound
MEASURES = {"film": "部", "book": "本", "music": "张", "article": "篇", "product": "件", "topic": "个"}
NOUNS = {
    "film": "电影", "book": "书", "music": "音乐", "article": "文章", "product": "东西", "topic": "圈子",
    "series": "电视剧",
}  # fmt: skip
COUNTED = {**NOUNS, "music": "专辑"}
THEMES = {"music": "{}主题的", "topic": "和{}有关的"}
AUDIENCES = {"child": "适合孩子", "family": "适合全家", "teen": "适合青少年", "adult": "成人向"}
CUT = {"<=": "{}以内", "<": "不到{}", ">=": "{}以上", ">": "{}以上", "=": "正好{}", "!=": "别正好{}"}
YEARS = {
    "<=": "{}年及以前", "<": "{}年以前", ">=": "{}年以后", ">": "{}年之后", "=": "{}年", "!=": "不要{}年",
}  # fmt: skip
RATINGS = {"<=": "不高于{}分", "<": "{}分以下", ">=": "{}分以上", ">": "高于{}分", "=": "正好{}分", "!=": "不是{}分"}


@dataclass(frozen=True, slots=True)
class Chinese:
    """The words. latin: works and people from abroad go by their English names, which are names in any language."""

    names: Names
    latin: bool = False

    def title(self, item: Item, width: int | None = None) -> str:
        name = item.title.in_("en" if self.latin and of_abroad(item) else "zh")
        left, right = "「」" if item.domain in ("product", "topic") else "《》"  # goods and circles are no works
        return f"{left}{name if width is None else cut(name, width - 4)}{right}"

    def quoted(self, words: str) -> str:
        return f"《{words}》" if words else ""

    def person(self, person: Person) -> str:
        chinese = person.name.in_("zh")
        return person.name.in_("en") if self.latin and _FROM_ABROAD in chinese else chinese

    def facet(self, target: Target) -> str:
        match target.kind:
            case "decade":
                return _decade(target.value)
            case "audience":
                return AUDIENCES.get(target.value, target.value)
            case "domain":
                return NOUNS.get(target.value, target.value)
        name = self.names.name(target, "zh")
        if target.kind == "person" and self.latin and _FROM_ABROAD in name:
            name = self.names.name(target, "en")
        name = name or target.value.replace("-", " ")
        return capitalised(name) if target.kind in ("person", "country", "language") else name

    def nouns(self, target: Target) -> str:
        name = self.facet(target)
        if target == SERIES:
            return name
        if target.kind == "keyword":
            return f"{name}题材的"
        if target.kind == "person":
            return f"{name}的作品"
        return name if target.kind in ("genre", "domain", "item") or name.endswith("的") else f"{name}的"

    def more(self, target: Target) -> str:
        name = self.facet(target)
        return f"更{name}" if target.kind == "mood" else f"多点{name}"

    def things(self, targets: Iterable[Target], domain: str) -> str:
        of: dict[str, list[str]] = {}
        for target in targets:
            if target == SERIES:
                domain = target.value
            else:
                of.setdefault(target.kind, []).append(self.facet(target))
        said = [f"{'、'.join(of['person'])}的"] if "person" in of else []
        said += ["、".join(of[kind]) for kind in ("decade", "country", "language") if kind in of]
        if "audience" in of:
            said.append(f"{'、'.join(of['audience'])}的")
        if "keyword" in of and domain == "product":
            return f"{''.join(said)}{_goods(of['keyword'], of.get('mood', []), of.get('genre', []))}"
        if "keyword" in of:
            said.append(THEMES.get(domain, "{}题材的").format("、".join(of["keyword"])))
        if "mood" in of:
            said.append(f"{'、'.join(of['mood'])}的")
        return "".join((*said, _noun(of.get("genre", []), domain)))

    def condition(self, condition: Condition) -> str:
        if condition.target is not None:
            name = self.facet(condition.target)
            return name if condition.must else f"不要{name}"
        op, value = outright(condition)
        match condition.kind:
            case "year":
                return YEARS[op].format(int(value))
            case "rating":
                return RATINGS[op].format(number(value))
            case "minutes":
                return CUT[op].format(_duration(value))
        unit = "页" if condition.kind == "pages" else "元"
        return CUT[op].format(f"{number(value)}{unit}")

    def has(self, condition: Condition, value: object) -> str:
        kind = condition.kind or (condition.target.kind if condition.target else "")
        if isinstance(value, int | float):
            kind = "year" if kind == "decade" else kind
            head = {"minutes": "长", "pages": "有", "price": "要", "rating": "评分", "year": "是"}.get(kind, "是")
            return f"它{head}{self.amount(kind, value)}{'的' if kind == 'year' else ''}"
        targets = [t for t in value if isinstance(t, Target)] if isinstance(value, tuple) else []
        if condition.target in targets:
            targets = [condition.target]
        if not targets:
            return ""
        head = {"person": "它的主创是", "language": "它说的是", "country": "它出自", "genre": "它属于"}.get(
            kind, "它是"
        )
        tail = "的" if kind in ("mood", "audience", "decade", "keyword") else ""
        return head + self.listed([self.facet(t) for t in targets], True, 3) + tail

    def listed(self, words: Iterable[str], plain: bool, most: int = 4) -> str:
        words = list(words)
        if len(words) > most:
            return "、".join(words[: most - 1]) + "等"
        if not plain or len(words) < 2:
            return "、".join(words)
        return "、".join(words[:-1]) + "和" + words[-1]

    def count(self, number: float) -> str:
        return _numeral(int(number))

    def entries(self, number: int) -> str:
        return f" {number} 条"

    def counted(self, number: int, domain: str) -> str:
        if number > MANY:
            return f"很多{COUNTED.get(domain, '')}"
        return f"{_numeral(number)}{MEASURES.get(domain, '个')}{COUNTED.get(domain, '')}"

    def these(self, number: int, domain: str) -> str:
        return f"这{'' if number == 1 else _numeral(number)}{MEASURES.get(domain, '个')}"

    def measure(self, domain: str) -> str:
        return MEASURES.get(domain, "个")

    def ones(self, number: int, domain: str) -> str:
        return f"{_numeral(number)}{MEASURES.get(domain, '个')}"

    def amount(self, kind: str, value: float) -> str:
        match kind:
            case "year":
                return f"{int(value)}年"
            case "minutes":
                return f"{round(value)} 分钟"
            case "pages":
                return f"{round(value)} 页"
            case "price":
                return f"{number(value)} 元"
            case "rating":
                return f"{number(value)} 分"
        return number(value)

    def chance(self, percent: float) -> str:
        tenths = round(percent / 10)
        words = (
            "不到一成" if percent < 5 else "九成多" if percent > 94 else f"{'十' if tenths == 10 else DIGITS[tenths]}成"
        )
        return f"{words}把握（{min(99, max(1, round(percent)))}%）"

    def relative(self, year: int, this_year: int | None) -> str:
        word = {0: "今年", 1: "去年", 2: "前年"}.get((this_year or -9999) - year, "")
        return f"{word}（{year}年）" if word else f"{year}年"


def _numeral(value: int) -> str:
    return "两" if value == 2 else DIGITS[value] if 0 <= value <= 10 else f" {value} "


def _duration(value: float) -> str:
    hours, minutes = split_minutes(value)
    if hours and minutes == 0:
        return f"{_numeral(hours)}小时"
    if hours and minutes == 30:
        return f"{_numeral(hours)}个半小时"
    return "半小时" if not hours and minutes == 30 else f"{round(value)}分钟"


def _decade(value: str) -> str:
    return f"{value[2:]}年代" if value.isdecimal() and 1930 <= int(value) <= 1990 else f"{value}年代"


def _goods(keywords: Sequence[str], moods: Sequence[str], genres: Sequence[str]) -> str:
    """Goods by their keywords: 耳机, 露营用的东西, 送妈妈的茶类礼物."""
    whose = [k for k in keywords if k.startswith("送")]
    gifts = whose or "礼物" in keywords
    others = [*genres, *(k for k in keywords if k not in whose and k != "礼物")]
    said = [f"{'、'.join(whose)}的"] if whose else []
    said += [f"{'、'.join(moods)}的"] if moods else []
    said += [f"{'、'.join(others)}类的"] if others else []
    return "".join((*said, "礼物" if gifts else "东西"))


def _noun(genres: Sequence[str], domain: str) -> str:
    """Genres and what they are genres of, as one word: 科幻片, 纪录片, 爵士乐, 科幻类的书."""
    noun = NOUNS.get(domain, "")
    if not genres:
        return noun
    stems = [g.removesuffix("片") for g in genres]
    joined = "".join(stems) if all(len(s) <= 2 and not s.isascii() for s in stems) else "、".join(stems)
    if domain == "series":
        return joined if joined.endswith("剧") else f"{joined}剧"
    if domain == "film":
        return joined if joined.endswith("剧") and len(genres) > 1 else f"{joined}片"
    if domain == "music":
        return joined if joined.endswith(("乐", "歌", "剧", "曲")) else f"{joined}{noun}"
    return f"{joined}类的{noun}"
