"""A hard message, put to a model as a choice among what we would know how to hear."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from core.catalog import Catalog
from core.llm.choice import Choice, Chosen
from core.nlu.weigh import ABOUT_ITEM, POLARITY
from core.turns import Act, Context, Target, Understanding, UnderstoodAct

SURE = 0.6  # confidence in what the model chose: as much as in words that name what they mean
_LEAST = 5  # items of a genre or mood, for it to be offered
# What can be chosen, and how the model is told of it. Acts on numbers, titles and places are left to exact rules.
_MEANINGS = {
    Act.ASK_RECOMMEND: "wants something suggested, or describes what it should be like",
    Act.REVEAL_LIKE: "says what kind of thing they like in general",
    Act.REVEAL_DISLIKE: "says what kind of thing they dislike in general",
    Act.MUST_NOT: "says what must not be suggested now",
    Act.LIKE: "likes the title being talked about",
    Act.DISLIKE: "does not like the title being talked about",
    Act.SEEN_LIKED: "already knows the title and liked it",
    Act.SEEN_DISLIKED: "already knows the title and disliked it",
    Act.SEEN_NEUTRAL: "already knows the title",
    Act.NOT_NOW: "not now, maybe later",
    Act.ACCEPT: "takes the suggestion",
    Act.SAVE: "wants it kept for later",
    Act.MORE: "wants other suggestions",
    Act.YES: "says yes to the question",
    Act.NO: "says no to the question, or to the suggestion without a reason",
    Act.DONT_CARE: "does not mind",
    Act.DONT_KNOW: "does not know",
    Act.SURPRISE: "wants a surprise",
    Act.ASK_WHY: "asks why this was suggested",
    Act.ASK_INFO: "asks about the title",
    Act.CONTEXT: "tells who is there, when, or how they feel",
    Act.UNDO: "takes back what they said",
    Act.REPAIR: "says that they were misunderstood",
    Act.CHIT_CHAT: "small talk",
    Act.THANKS: "thanks",
    Act.HELP: "asks how this bot works",
    Act.OUT_OF_SCOPE: "asks for something a bot that suggests films, books, music, goods and topics cannot do",
    Act.UNSAFE: "speaks of harming themselves or others",
}
# Acts that facets belong to; with any other they are dropped.
_FACETED = {Act.ASK_RECOMMEND: 1.0, Act.REVEAL_LIKE: 1.0, Act.REVEAL_DISLIKE: -1.0, Act.MUST_NOT: -1.0}
_TASK = (
    "You label one message of a chat with a bot that suggests films, books, music, goods, articles and topics. "
    "The message may be Chinese, English or both. Answer with JSON alone: "
    '{"act": one of the acts, "facets": up to three that the message asks for or speaks of, most often none}. '
    "Choose facets only where the message clearly means them.\nActs:\n"
)


def choice_of(catalog: Catalog) -> Choice:
    """All that may be answered about a message: the acts, and the genres, moods and domains that can be had."""
    counts: Counter[Target] = Counter()
    for item in catalog.items:
        counts[Target("domain", item.domain)] += 1
        counts.update(Target("genre", genre) for genre in item.genres if item.about.zh or item.about.en)
        counts.update(Target("mood", mood) for mood in item.moods)
    return Choice(tuple(map(str, _MEANINGS)), tuple(sorted(str(t) for t, count in counts.items() if count >= _LEAST)))


def ask(text: str, context: Context, choice: Choice) -> tuple[tuple[str, str], ...]:
    """The messages (role, text) to a model. Of the chat it learns what was asked and whether something is shown."""
    acts = "\n".join(f"{act}: {meaning}" for act, meaning in _MEANINGS.items())
    facts = [f"The bot has {len(context.shown)} suggestions on the screen." if context.shown else "Nothing is shown."]
    if context.focus is not None:
        facts.append("One title is being talked about.")
    if context.expecting is not None:
        facts.append(f"The bot has just asked a question ({context.expecting}).")
    task = f"{_TASK}{acts}\nFacets: {' '.join(choice.facets)}"
    return (("system", task), ("user", f"{' '.join(facts)}\nMessage: {text}"))


def settle(understanding: Understanding, chosen: Chosen, text: str) -> Understanding:
    """The understanding with what the model chose. Spans, titles and numbers stay those that our own rules found."""
    act = Act(chosen.act)
    facets = tuple(map(Target.parse, chosen.facets)) if act in _FACETED else ()
    if act is Act.UNSAFE:
        return replace(understanding, acts=(UnderstoodAct(act),), wish=None, confidence=SURE, readings=())
    acts = _ours(understanding, act)
    named = {a.target for a in acts}
    new = [UnderstoodAct(act, target=facet, polarity=_FACETED[act]) for facet in facets if facet not in named]
    acts = [*acts, *new] or [_alone(act, understanding, text)]
    return replace(understanding, acts=tuple(acts), confidence=max(understanding.confidence, SURE), readings=())


def _ours(understanding: Understanding, act: Act) -> list[UnderstoodAct]:
    """The acts of our own reading that begins with the model's act, or else of the one that holds it."""
    readings = [understanding.acts, *(reading.acts for reading in understanding.readings)]
    first = [acts for acts in readings if acts and acts[0].act is act]
    held = [acts for acts in readings if any(a.act is act for a in acts)]
    return list((first or held or [()])[0])


def _alone(act: Act, understanding: Understanding, text: str) -> UnderstoodAct:
    """The act about the one item that the message named; about none, the item in focus is meant."""
    items = {a.target: a for a in understanding.acts if a.target is not None and a.target.kind == "item"}
    if act in ABOUT_ITEM and len(items) == 1:
        named: Sequence[UnderstoodAct] = list(items.values())
        return replace(named[0], act=act, polarity=POLARITY.get(act))
    return UnderstoodAct(act, polarity=POLARITY.get(act), text=text if act in _FACETED else None)
