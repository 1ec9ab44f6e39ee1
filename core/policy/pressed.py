"""What a button says, in acts: a tap means what its words would."""

from core.catalog import DOMAINS
from core.turns import (
    NUMBER_KINDS,
    Act,
    Action,
    Answer,
    Drop,
    Menu,
    More,
    NotNow,
    Open,
    PassOn,
    Pick,
    Rate,
    Save,
    Seen,
    Take,
    Target,
    UnderstoodAct,
    Undo,
    Verdict,
    item,
)

VERDICTS = {
    Verdict.LOVE: Act.LOVE,
    Verdict.LIKE: Act.LIKE,
    Verdict.SOSO: Act.SEEN_NEUTRAL,
    Verdict.DISLIKE: Act.DISLIKE,
}
SEEN_VERDICTS = {
    Verdict.LOVE: Act.SEEN_LIKED,
    Verdict.LIKE: Act.SEEN_LIKED,
    Verdict.SOSO: Act.SEEN_NEUTRAL,
    Verdict.DISLIKE: Act.SEEN_DISLIKED,
}
OPENED = {"info": Act.ASK_INFO, "why": Act.ASK_WHY, "similar": Act.SIMILAR_TO}
ENTRIES = {
    "start": Act.GREET,
    "help": Act.HELP,
    "profile": Act.ASK_PROFILE,
    "privacy": Act.PRIVACY_SHOW,
    "export": Act.PRIVACY_EXPORT,
    "saved": Act.LIST_SAVED,
    "why": Act.ASK_WHY,
    "repeat": Act.REPEAT,
    "back": Act.BACK,
    "picks": Act.ASK_RECOMMEND,
    "surprise": Act.SURPRISE,
    "forget": Act.PRIVACY_FORGET,
    "forget_yes": Act.YES,
    "forget_no": Act.NO,
    "join": Act.GROUP_JOIN,
    "leave": Act.UNDO,
    "settle": Act.GROUP_SETTLE,
    "language": Act.SET_LANGUAGE,
    "style": Act.SET_STYLE,
}
ANSWERS = {"yes": Act.YES, "no": Act.NO, "any": Act.DONT_CARE, "no_idea": Act.DONT_KNOW}


def acts_of(action: Action) -> tuple[UnderstoodAct, ...]:
    """The acts of a tap; none where no act says the like of it."""
    match action:
        case Rate(item_id, verdict, seen):
            return (UnderstoodAct((SEEN_VERDICTS if seen else VERDICTS)[verdict], item(item_id)),)
        case Seen(item_id):
            return (UnderstoodAct(Act.SEEN_NEUTRAL, item(item_id), strength=0.0),)
        case Save(item_id, on):
            return (UnderstoodAct(Act.SAVE if on else Act.UNSAVE, item(item_id)),)
        case Open(item_id, what):
            return (UnderstoodAct(OPENED.get(what, Act.ASK_INFO), item(item_id)),)
        case NotNow(item_id):
            return (UnderstoodAct(Act.NOT_NOW, item(item_id)),)
        case Take(item_id):
            return (UnderstoodAct(Act.ACCEPT, item(item_id)),)
        case More():
            return (UnderstoodAct(Act.MORE),)
        case Pick(target, domain):
            asked = (target, Target("domain", domain)) if domain else (target,)
            return tuple(UnderstoodAct(Act.ASK_RECOMMEND, one, polarity=1.0) for one in asked)
        case Answer(_, value):
            named = ":" in value and not value.startswith("reading:")
            return (UnderstoodAct(ANSWERS.get(value, Act.ANSWER), Target.parse(value) if named else None),)
        case Drop(what):
            if ":" in what:
                return (UnderstoodAct(Act.DROP_CONDITION, Target.parse(what)),)
            return (UnderstoodAct(Act.DROP_CONDITION, kind=what if what in NUMBER_KINDS else None),)
        case Undo():
            return (UnderstoodAct(Act.UNDO),)
        case Menu(what):
            if what in DOMAINS:
                return (UnderstoodAct(Act.ASK_RECOMMEND, Target("domain", what), polarity=1.0),)
            act = ENTRIES.get(what.partition(":")[0])
            return (UnderstoodAct(act),) if act else ()
        case PassOn():
            return ()
