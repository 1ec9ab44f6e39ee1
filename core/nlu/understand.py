"""From a message to an Understanding: rules where they are exact, the model where cues are silent."""

from dataclasses import replace

from core.catalog import Catalog
from core.nlu import cues as cue_words
from core.nlu import small_talk
from core.nlu.draft import Message
from core.nlu.lexicon import FacetNames, Lexicon
from core.nlu.link import Linker
from core.nlu.mentions import arrange
from core.nlu.normalise import Normalised, normalise
from core.nlu.numbers.find import find as find_numbers
from core.nlu.phrases import units
from core.nlu.reading import ActModel
from core.nlu.rules import WANTING, Rules
from core.nlu.segment import Segmenter
from core.nlu.validity import LONGEST, judge, language_of, settle_language
from core.nlu.weigh import guess, weigh
from core.turns import Act, Context, Understanding, UnderstoodAct

_NAME_TAGS = ("nr", "nrt", "nrfg", "ns", "nz")
YES_OR_NO = (None, "yesno", "confirm", "choose", "seen", "like")  # questions whose answer the model reads better


class Understander:
    """Reads messages about one catalogue. Built once; `understand` is pure and may run in many threads."""

    def __init__(self, catalog: Catalog, model: ActModel | None = None) -> None:
        self._model = model
        people = {n for item in catalog.items for p in item.people if (n := p.name.zh) and "·" not in n and len(n) <= 4}
        self._segmenter = Segmenter((name, "nr") for name in sorted(people))
        self._lexicon = Lexicon(catalog)
        self._linker = Linker(catalog, self._segmenter)
        self._rules = Rules(catalog, cue_words.load(), self._lexicon)

    def facet_names(self) -> FacetNames:
        """Display names of facets in both languages; people as the catalogue calls them."""
        return self._lexicon.names

    def understand(self, text: str, context: Context) -> Understanding:
        """What a message says. Any string is accepted; `invalid` is set where it is no message."""
        message = normalise(text[: LONGEST + 1])
        lang = language_of(message, context)
        read = self.read(message, context)
        invalid = judge(message, read.mentions, read.said, context)
        if invalid:
            nothing = UnderstoodAct(Act.NOT_UNDERSTOOD, text=message.text[:200].strip() or None)
            return Understanding((nothing,), lang, confidence=1.0, traditional=message.traditional, invalid=invalid)
        ruled = self._rules.apply(read, context)
        acts, wish = list(ruled.acts), ruled.wish
        spans: list[tuple[int, int]] = []
        reading = None
        if self._model is not None:
            spans = sorted({(a.start, a.end) for a in acts if a.start is not None and a.end is not None})
            # an open question must not make an answer of whatever comes next; the rules see what is a value
            asked = context if context.expecting in YES_OR_NO else replace(context, expecting=None)
            reading = self._model.read(message.text, asked, spans)
        acts, confidence, readings = weigh(acts, ruled.sure, ruled.evidence, reading, spans, context, ruled.plain)
        if not acts:
            acts, confidence, readings = guess(wish, message.folded)
        return Understanding(
            tuple(_raw(small_talk.named(a, message.folded), message) for a in acts),
            settle_language(lang, message, read.mentions),
            wish if any(a.act in WANTING for a in acts) else None,
            confidence,
            tuple(replace(r, acts=tuple(_raw(a, message) for a in r.acts)) for r in readings),
            message.traditional,
        )

    def named(self, text: str) -> frozenset[str]:
        """What a text names: items and people of the catalogue, titles it lacks, words that jieba takes for names."""
        read = self.read(normalise(text), Context())
        links = {str(m.link.target or m.link.text) for m in read.mentions if m.link is not None}
        return frozenset(links | {word.text for word in read.words if word.tag in _NAME_TAGS})

    def read(self, message: Normalised, context: Context) -> Message:
        """The message with all that it names and the cue words it holds."""
        if len(message.raw) > LONGEST:
            return Message(message, (), (), ())
        chinese = any("一" <= c <= "鿿" for c in message.text)
        parts = units(message.folded)
        words = self._segmenter.cut(message.text) if chinese else []
        said = self._rules.cues.acts(message.folded, context)
        # "help" and "next" alone are no films
        links = self._linker.find(message, parts, context.domain, whole=not any(s.whole for s in said))
        # "are you a robot" asks about us, not about a film of that name
        talk = [(s.start, s.end) for s in said if s.act in (Act.CHIT_CHAT, Act.HELP, Act.OUT_OF_SCOPE)]
        links = [k for k in links if k.quoted or not any(s < k.end and k.start < e for s, e in talk)]
        numbers = find_numbers(message.folded, context.now, chinese, len(context.shown), context.domain == "product")
        facets = self._lexicon.find(message.folded, parts)
        # words that jieba only guessed are no reason to part others
        edges = [(w.start, w.end) for w in words if self._segmenter.frequency(w.text)]
        mentions = arrange(message, links, numbers, facets, self._lexicon.everyday, edges)
        return Message(message, tuple(mentions), tuple(said), tuple(words))


def _raw(act: UnderstoodAct, message: Normalised) -> UnderstoodAct:
    """The act with its span in code points of the raw text."""
    if act.start is None or act.end is None:
        return act
    start, end = message.span(act.start, act.end)
    return replace(act, start=start, end=end)
