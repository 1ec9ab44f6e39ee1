"""Questions beside a list, asked only where the answer is expected to improve the pick."""

import numpy as np

from core.moves import Ask, line
from core.policy import picks
from core.policy.view import View
from core.policy.want import Want
from core.recsys.elicit import question_gains
from core.turns import Target

WORTH_ASKING = 0.12  # logits that the mean of the best picks must be expected to gain
NAMEABLE = ("film", "book", "music")  # domains in which people name things that they like


def question(view: View, want: Want, domains: tuple[str, ...], asks_kind: bool) -> Ask | None:
    """A question, if its answer is expected to improve the pick; one of a kind in a session."""
    asked = view.state.asked_slots
    if view.group:  # who should answer? They vote
        return None
    if want.ignoring or want.replace or want.surprise:
        return None
    if asks_kind:
        found = picks.kinds(view, domains[0])
        if len(found) >= 3:
            return Ask(
                "kind",
                line("ask.kind", domain=Target("domain", domains[0])),
                tuple((str(t), line("label.facet", target=t)) for t in found),
            )
        return None
    if view.newcomer and "liked" not in asked and domains[0] in NAMEABLE:
        return Ask("liked", line("ask.liked", domain=Target("domain", domains[0])))
    if view.newcomer or len(domains) != 1 or domains[0] not in NAMEABLE:
        return None
    return _facet_question(view, domains[0])


def _facet_question(view: View, domain: str) -> Ask | None:
    """The genre or mood whose answer gains most, where that pays."""
    told = {e.target for e in view.live}
    fits = view.fitting([c for c in view.conditions if not picks.is_domain(c)], (domain,)) & view.shelf.described
    rows = np.flatnonzero(fits)
    options = []
    for (kind, value), members in view.shelf.catalog.rows_of.items():
        slot = f"taste:{kind}:{value}"
        if kind in ("genre", "mood") and f"{kind}:{value}" not in told and slot not in view.state.asked_slots:
            inside = fits[list(members)].sum()
            if inside >= 8 and inside < 0.7 * len(rows):
                options.append(Target(kind, value))
    if not options or len(rows) < 20:
        return None
    questions = [view.shelf.question(t) for t in options]
    gains = question_gains(view.shelf.model, view.told[1], questions, rows, scores=view.scores)
    best = int(np.argmax(gains))
    if gains[best] < WORTH_ASKING:
        return None
    target = options[best]
    choices = (("yes", line("label.yes")), ("no", line("label.no")), ("any", line("label.any")))
    return Ask(f"taste:{target}", line("ask.taste", target=target), choices)
