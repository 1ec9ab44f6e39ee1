"""Facts into words: an Item, a Condition, a number, a Feedback, in the form that a phrase asks for."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.catalog import Item, Name, Person
from core.state import Feedback, Kind, decode_condition
from core.turns import Condition, Lang, Scope, Target
from core.wording.naming import Title, Tongue, cut, number, signed
from core.wording.phrases import Fill, Phrase

LABEL_WIDTH = 24  # of a title on a button, in half-width letters
QUOTED_WIDTH = 60  # of words that a person wrote and that are repeated


def join(sentences: tuple[str, ...], lang: Lang) -> str:
    """A blank between them in English, none in Chinese."""
    return (" " if lang is Lang.EN else "").join(filter(None, sentences))


@dataclass(frozen=True, slots=True)
class Facts:
    """Names facts in one language. title: the item behind an id. this_year: what "last year" is counted from."""

    lang: Lang
    tongue: Tongue
    phrases: Mapping[str, Phrase]
    title: Title
    this_year: int | None = None

    @property
    def book(self) -> str:
        return "en" if self.lang is Lang.EN else "zh"

    @property
    def nothing(self) -> str:
        """What stands for a fact that is not there."""
        return self.word("word.that")

    def word(self, key: str) -> str:
        """A word of the phrase book, blank where it has none."""
        found = self.phrases.get(key)
        return found.ways(self.book)[0].render(lambda *_: "", "") if found else ""

    def fill(self, facts: Mapping[str, object]) -> Fill:
        """Words for the slots of a phrase; ValueError where a form does not go with the fact."""

        def words(name: str, form: str) -> str:
            fact = facts.get(name)
            if fact is None or fact == ():
                return ""
            if not form:
                return self.named(fact)
            if form == "has":
                return self._has(facts.get("what"), fact)
            if isinstance(fact, int | float):
                return self._number(form, fact, _domain(facts))
            if isinstance(fact, tuple):
                return self._several(form, fact, _domain(facts))
            return self._single(form, fact)

        return words

    def named(self, fact: object) -> str:
        """A fact's plain name."""
        match fact:
            case Item():
                return self.tongue.title(fact)
            case Target(kind="item", value=item_id):
                found = self.title(item_id)
                return self.tongue.title(found) if found else self.nothing
            case Target():
                return self.tongue.facet(fact)
            case Condition():
                return self.tongue.condition(fact)
            case Feedback():
                return self.told(fact)
            case (Feedback() as told, float() | int() as share):
                marks = "({})" if self.lang is Lang.EN else "（{}）"
                return join((self.told(told), marks.format(signed(share))), self.lang)
            case Person():
                return self.tongue.person(fact)
            case Name():
                return fact.in_(self.book)
            case tuple():
                plain = all(isinstance(one, Item | Target | Person | str) for one in fact)
                return self.tongue.listed(
                    [name for one in fact if one is not None and (name := self.named(one))], plain
                )
            case int() | float():
                return number(fact)
        return self.word(f"field.{fact}") or str(fact)

    def told(self, feedback: Feedback) -> str:
        """A feedback in plain words: 喜欢《星际穿越》, asked for comedy."""
        key, facts = _telling(feedback)
        words = self.phrases[key].ways(self.book)[0].render(self.fill(facts), self.nothing)
        brief = feedback.scope is Scope.TONIGHT and feedback.kind is Kind.TASTE
        return join((words, self.word("word.tonight")), self.lang) if brief else words

    # ---- forms ----

    def _has(self, conditions: object, value: object) -> str:
        """What an item has where the first condition asks."""
        first = conditions[0] if isinstance(conditions, tuple) and conditions else None
        return self.tongue.has(first, value) if isinstance(first, Condition) else ""

    def _single(self, form: str, fact: object) -> str:
        match form, fact:
            case "short", Item():
                return self.tongue.title(fact, LABEL_WIDTH)
            case "short", _:
                return cut(self.named(fact), LABEL_WIDTH + 8)
            case "quoted", str():
                return self.tongue.quoted(_plain(fact))
            case "quoted", Target():
                return self.tongue.quoted(self.tongue.facet(fact))
            case "field", str():
                return self.word(f"field.{fact}") or self.word("field.other")
            case "nouns", Target():
                return self.tongue.nouns(fact)
            case "more", Target():
                return self.tongue.more(fact)
            case "measure", Target():
                return self.tongue.measure(fact.value)
            case "plural" | "invite" | "verb" | "seen", Target():
                return self.word(f"word.{form}.{fact.value}")
        raise ValueError(f"{form} cannot be said of {fact!r}")

    def _several(self, form: str, facts: tuple[object, ...], domain: str) -> str:
        match form:
            case "all":
                return "".join(f"\n· {self.named(one)}" for one in facts)
            case "things":
                return self.tongue.things([one for one in facts if isinstance(one, Target)], domain)
            case "short" if len(facts) > 1:
                return cut(self.named(facts), LABEL_WIDTH + 8)
        return self.tongue.listed([self._single(form, one) for one in facts if one is not None], form != "more")

    def _number(self, form: str, value: float, domain: str) -> str:
        match form:
            case "counted":
                return self.tongue.counted(int(value), domain)
            case "these":
                return self.tongue.these(int(value), domain)
            case "ones":
                return self.tongue.ones(int(value), domain)
            case "words":
                return self.tongue.count(value)
            case "entries":
                return self.tongue.entries(int(value))
            case "chance":
                return self.tongue.chance(value)
            case "share":
                return signed(value)
            case "relative":
                return self.tongue.relative(int(value), self.this_year)
        return self.tongue.amount(form, value)


def _telling(feedback: Feedback) -> tuple[str, dict[str, object]]:
    """The key under which a kind of feedback is called something, and its facts."""
    kind, target = feedback.kind, feedback.target
    if kind in (Kind.CONDITION, Kind.REQUEST) and feedback.detail.keys() & {"target", "kind"}:
        return f"told.{kind}", {"what": decode_condition(feedback.detail)}
    what: object = Target(*target.split(":", 1)) if ":" in target else target or None
    if kind in (Kind.TASTE, Kind.CRITIQUE):
        much = "much_" if kind is Kind.TASTE and abs(feedback.value) > 1 else ""
        return f"told.{kind}_{much}{'up' if feedback.value > 0 else 'down'}", {"what": what}
    return f"told.{kind}", {"what": what, "domain": Target("domain", target.removeprefix("item:").partition(":")[0])}


def _domain(facts: Mapping[str, object]) -> str:
    domain = facts.get("domain")
    return domain.value if isinstance(domain, Target) else ""


def _plain(words: str) -> str:
    """Words that a person wrote, fit to be repeated: one line, without marks of a title, not too long."""
    return cut(" ".join(words.replace("《", "").replace("》", "").split()), QUOTED_WIDTH)
