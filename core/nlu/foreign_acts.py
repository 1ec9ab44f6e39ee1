"""What is foreign to the one who speaks: works from abroad, and works that need subtitles."""

import re

from core.nlu.clauses import clause_of
from core.nlu.cues import Frame
from core.nlu.draft import Draft
from core.nlu.mentions import Mention
from core.turns import Act, Target

_ABROAD = re.compile(
    r"(?P<land>外国|国外|海外)(?:的|片|电影|剧|书|小说|歌|作家)?|(?P<tongue>外语|外文|(?<=不看)字幕|(?<=不想看)字幕)(?:的|片|电影|剧|书|歌)?"
    r"|(?<![a-z])(?P<en>foreign(?:[ -]language)?|subtitles|subtitled|subs)"
    r"(?: (?:films?|movies?|books?|songs?|music|stuff))?(?![a-z])"
)
_WELCOME = re.compile(r"也?(?:可以|行|ok|没问题|没关系)|(?<![a-z])(?:ok|okay|fine|welcome|too)(?![a-z])")


def foreign_acts(d: Draft) -> None:
    """Wanted, refused or welcome: of a Chinese sentence the foreign is what is not from China, of an English one what
    is not in English."""
    match = _ABROAD.search(d.folded)
    if match is None or any(m.start < match.end() and match.start() < m.end for m in d.mentions):
        return
    clause = d.clauses[clause_of(d.clauses, match.start())]
    refused = d.folded[: match.start()].endswith(("不看", "不想看")) or any(
        c.frame in (Frame.MUST_NOT, Frame.DISLIKE) and clause.start <= c.start and c.end <= clause.end for c in d.cues
    )
    home = Target("country", "cn") if match["land"] else Target("language", "zh" if match["tongue"] else "en")
    at = Mention(match.start(), match.end(), target=home)
    if refused:
        d.emit(Act.MUST, at, target=home, polarity=1.0, scope=d.scope_of(clause))
    elif _WELCOME.search(d.folded, match.end(), clause.end):
        d.emit(Act.MORE if d.shown else Act.ASK_RECOMMEND, None, 1.0)
    else:
        d.emit(Act.MUST_NOT, at, target=home, polarity=-1.0, scope=d.scope_of(clause))
