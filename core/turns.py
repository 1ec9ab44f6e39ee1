"""What goes in and comes out of a turn: Turn, Understanding, Reply. Values only; nothing here decides.

A target is written `kind:value` (`item:film:her-2013`, `genre:horror`, `decade:1990`, `person:ridley scott`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.errors import RequestError


class Act(StrEnum):
    """What a message does, in the one list of names."""

    GREET = "greet"
    ASK_RECOMMEND = "ask_recommend"
    REVEAL_LIKE = "reveal_like"
    REVEAL_DISLIKE = "reveal_dislike"
    MUST = "must"
    MUST_NOT = "must_not"
    SIMILAR_TO = "similar_to"
    COMPARE = "compare"
    CRITIQUE_MORE = "critique_more"
    CRITIQUE_LESS = "critique_less"
    REPLACE_CONDITION = "replace_condition"
    DROP_CONDITION = "drop_condition"
    DONT_CARE = "dont_care"
    DONT_KNOW = "dont_know"
    ANSWER = "answer"
    YES = "yes"
    NO = "no"
    LIKE = "like"
    LOVE = "love"
    DISLIKE = "dislike"
    SEEN_LIKED = "seen_liked"
    SEEN_DISLIKED = "seen_disliked"
    SEEN_NEUTRAL = "seen_neutral"
    NOT_NOW = "not_now"
    SAVE = "save"
    UNSAVE = "unsave"
    LIST_SAVED = "list_saved"
    ACCEPT = "accept"
    MORE = "more"
    NEXT = "next"
    ANOTHER_N = "another_n"
    BACK = "back"
    REPEAT = "repeat"
    ORDINAL = "ordinal"
    ASK_INFO = "ask_info"
    ASK_WHY = "ask_why"
    ASK_WHY_NOT = "ask_why_not"
    ASK_PROFILE = "ask_profile"
    CORRECT_PROFILE = "correct_profile"
    COUNTERFACTUAL = "counterfactual"
    UNDO = "undo"
    SET_SCOPE = "set_scope"
    CONTEXT = "context"
    SURPRISE = "surprise"
    EXPLORE = "explore"
    REPAIR = "repair"
    CHIT_CHAT = "chit_chat"
    THANKS = "thanks"
    BYE = "bye"
    PRIVACY_SHOW = "privacy_show"
    PRIVACY_EXPORT = "privacy_export"
    PRIVACY_FORGET = "privacy_forget"
    GROUP_JOIN = "group_join"
    GROUP_VETO = "group_veto"
    GROUP_SETTLE = "group_settle"
    SET_LANGUAGE = "set_language"
    SET_STYLE = "set_style"
    OUT_OF_SCOPE = "out_of_scope"
    UNSAFE = "unsafe"
    HELP = "help"
    NOT_UNDERSTOOD = "not_understood"


class Scope(StrEnum):
    """How long something told holds: this evening (six hours without a turn end it) or until taken back."""

    TONIGHT = "tonight"
    ALWAYS = "always"


class Lang(StrEnum):
    """Language of a message or reply."""

    ZH = "zh"
    EN = "en"
    MIXED = "mixed"


class Verdict(StrEnum):
    """A person's word on one item."""

    LOVE = "love"
    LIKE = "like"
    SOSO = "soso"
    DISLIKE = "dislike"


FACET_KINDS = ("genre", "mood", "person", "decade", "keyword", "country", "language", "domain", "audience")
NUMBER_KINDS = ("year", "minutes", "pages", "price", "rating")
OPERATORS = ("=", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """What is spoken of: an item or a facet. `value` is an item id or a facet's id in lower case."""

    kind: str
    value: str

    @classmethod
    def parse(cls, text: str) -> "Target":
        kind, colon, value = text.partition(":")
        if not colon or not value or kind not in ("item", *FACET_KINDS):
            raise RequestError("target", f"{text!r} is no target")
        return cls(kind, value)

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


SERIES = Target("keyword", "series")  # a film with attributes.form "series"


def item(item_id: str) -> Target:
    """Target of an item id."""
    return Target("item", item_id)


@dataclass(frozen=True, slots=True)
class Condition:
    """A hard wish: a facet to have or not to have, or a bound on a number.

    Either `target` is set, or `kind`, `op` and `value` are. `must` False turns it round.
    Units: minutes, pages, years, CNY, points of 10.
    """

    target: Target | None = None
    kind: str | None = None
    op: str | None = None
    value: float | None = None
    must: bool = True

    def __post_init__(self) -> None:
        number = self.kind in NUMBER_KINDS and self.op in OPERATORS and self.value is not None
        if (self.target is None) != number:
            raise RequestError("condition", "either a target, or kind, op and value")


@dataclass(frozen=True, slots=True)
class UnderstoodAct:
    """One act of a message, with what it is about.

    target: item or facet; None with `text` set for a title that the catalogue lacks. title, year: of an item target,
    as it was named. kind, op, value: a condition on a number (`year`, `minutes`, ...), or kind alone for the slot
    that a `drop_condition` gives up, the field that `ask_info` asks for (`plot cast director year minutes pages price
    language country genre rating where`, or `book film`: the same work in that form), the style of `set_style`
    (`short`, `long`), the language of `set_language` (value in `text`: `zh`, `en`), what small talk is about (`joke
    who low how fond cross laugh weather`). polarity: [-1, 1]. text: the words. start, end: code points of the raw
    text.
    place: of an ordinal, from 1, or -1 for the last. count: how many are asked for. strength: 0.5 mild, 1, 2 strong;
    0 for `seen_neutral` without a word on how it was. An `undo` of kind `joined` leaves the group. currency: of a
    price as it was said, ISO 4217; None where none was said.
    """

    act: Act
    target: Target | None = None
    title: str | None = None
    year: int | None = None
    kind: str | None = None
    op: str | None = None
    value: float | None = None
    polarity: float | None = None
    text: str | None = None
    start: int | None = None
    end: int | None = None
    scope: Scope | None = None
    place: int | None = None
    count: int | None = None
    strength: float = 1.0
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a message that was not clear: its acts and how likely it is."""

    acts: tuple[UnderstoodAct, ...]
    probability: float


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message says.

    acts: in the order of the text; at least one. wish: what no list holds, to be matched against descriptions, or None.
    confidence: [0, 1] that the acts are right. readings: other readings, best first, when confidence is low.
    lang: language of the message. traditional: written in traditional characters.
    invalid: None, or why it is no message: `empty`, `noise`, `language`, `long`.
    """

    acts: tuple[UnderstoodAct, ...]
    lang: Lang
    wish: str | None = None
    confidence: float = 1.0
    readings: tuple[Reading, ...] = ()
    traditional: bool = False
    invalid: str | None = None

    def has(self, *acts: Act) -> bool:
        return any(a.act in acts for a in self.acts)

    def of(self, *acts: Act) -> tuple[UnderstoodAct, ...]:
        return tuple(a for a in self.acts if a.act in acts)


@dataclass(frozen=True, slots=True)
class Context:
    """What the bot did just before, as far as a message's meaning hangs on it.

    expecting: what was asked (a slot such as `genre mood company time decade country price domain item liked`: a value;
    `yesno confirm seen`: yes or no; `choose`: one of the buttons) or None. shown: item ids on the screen, in order.
    focus: the item being talked of. choices: labels of the buttons that answer the question. domain: of the talk.
    language: wished by set_language, or the last one. now: aware UTC. group: a chat of several people.
    """

    expecting: str | None = None
    shown: tuple[str, ...] = ()
    focus: str | None = None
    choices: tuple[str, ...] = ()
    domain: str | None = None
    language: Lang = Lang.ZH
    now: datetime | None = None
    group: bool = False


# ---- buttons ----


@dataclass(frozen=True, slots=True)
class Rate:
    """👍 and its like, on one item."""

    item_id: str
    verdict: Verdict
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """👀: watched, read or heard already. No judgement: how it was is asked next."""

    item_id: str


@dataclass(frozen=True, slots=True)
class Save:
    """Keep for later, or no longer."""

    item_id: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class Open:
    """Show more of one item; `what` is info, why or similar."""

    item_id: str
    what: str = "info"


@dataclass(frozen=True, slots=True)
class NotNow:
    """Not tonight."""

    item_id: str


@dataclass(frozen=True, slots=True)
class Take:
    """That one it is."""

    item_id: str


@dataclass(frozen=True, slots=True)
class More:
    """Others, please."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A kind of thing out of those offered: a request for this facet, in this domain."""

    target: Target
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer to the question asked in turn `turn`: `value` is one of its choices (`yes`, `no`, `any`, a target)."""

    turn: int
    value: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Give up a condition: its target or number kind as text."""

    what: str


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back one event, or (None) the last that can be taken back."""

    event: int | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """A fixed entry.

    what: `start help profile privacy export saved why repeat back`; picks: `picks surprise`, or a domain; `forget` and
    its answers `forget_yes forget_no`; in groups `join leave settle`; `language:zh|en|auto`, `style:short|long|auto`;
    `catch_up`: one answer for all the quiet turns before.
    """

    what: str


@dataclass(frozen=True, slots=True)
class PassOn:
    """Let the operator know of a title that the catalogue lacks. It stands nowhere but in the button, until pressed."""

    title: str


Action = Rate | Seen | Save | Open | NotNow | Take | More | Pick | Answer | Drop | Undo | Menu | PassOn


# ---- in and out ----


@dataclass(frozen=True, slots=True)
class Turn:
    """One message or tap. Exactly one of text and action is set. at: aware UTC. key: never seen before, or a repeat.

    lang: asked for from outside (the client's language), only a hint.
    quiet: too old to be answered: what it tells is learnt, nothing counts as shown, asked or said, the reply is empty.
    replaces: an edited message: the turn of this number is taken back, and this heard in its place. Where that was not
    the chat's last turn, nothing happens and the reply is empty.
    count: picks wanted (an inline list); no question of ours is asked then. None: as the message says.
    about: items of the message of ours that it answers: one is what is spoken of, of several it points at one. Empty:
    it is about what we cannot see, a picture say, and not about what was spoken of before. None: the talk goes on.
    traditional: the client shows traditional characters, only a hint.
    """

    key: str
    chat_id: int
    speaker: int
    at: datetime
    text: str | None = None
    action: Action | None = None
    lang: Lang | None = None
    quiet: bool = False
    replaces: int | None = None
    count: int | None = None
    about: tuple[str, ...] | None = None
    traditional: bool = False

    def __post_init__(self) -> None:
        if (self.text is None) == (self.action is None):
            raise RequestError("turn", "either a text or an action")
        if self.count is not None and self.count < 1:
            raise RequestError("count", "at least one pick")

    @property
    def anonymous(self) -> bool:
        """Said in the name of a group or channel: nobody in particular."""
        return self.speaker < 0


@dataclass(frozen=True, slots=True)
class Part:
    """Share of one feedback in a card's logit."""

    event: int
    label: str
    value: float


class Standing(StrEnum):
    """Why an item is where it is in a list: see `core.policy.standing`."""

    POPULAR = "popular"
    FOR_YOU = "for you"
    EXPLORING = "exploring"


@dataclass(frozen=True, slots=True)
class Card:
    """An item as it is shown: score = sigmoid(logit), logit = prior + sum of parts, and the std of the logit.

    votes: (likes, dislikes) of it in a group, by different people; (0, 0) in private.
    """

    item_id: str
    title: str
    title_zh: str | None
    title_en: str | None
    year: int | None
    domain: str
    genres: tuple[str, ...]
    people: tuple[str, ...]
    attributes: Mapping[str, object]
    score: float
    logit: float
    std: float
    prior: float
    parts: tuple[Part, ...]
    reason: str
    about: str = ""
    votes: tuple[int, int] = (0, 0)
    standing: Standing = Standing.EXPLORING


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press: what it says and what it does."""

    label: str
    action: Action


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked; `slot` is what is expected, choices are the answers offered as buttons."""

    slot: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says. `export` is a file to hand over (JSON text), or None.

    traditional: its Chinese, that of cards and buttons included, is in traditional characters.
    notes, for machines: `turn`, the turn's number; `events`, what it wrote (event, kind, target, value, scope); and
    under /privacy `stored`, how many entries there are of each kind. An apology has `incident` alone: its number in the
    log.
    """

    text: str
    lang: Lang
    cards: tuple[Card, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    understood: Understanding | None = None
    constraints: tuple[Condition, ...] = ()
    events: tuple[int, ...] = ()
    question: Question | None = None
    export: str | None = None
    notes: Mapping[str, object] = field(default_factory=dict)
    traditional: bool = False
