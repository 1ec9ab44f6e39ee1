"""What a person takes along of a chat: written for /export, read back by an import of ours."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.state import ChatState, Feedback, Kind
from core.turns import Lang

FORMAT, VERSION = "jianyan-chat", 1


def export(state: ChatState, log: Sequence[Feedback]) -> str:
    """JSON of all that was told in a chat, and of how it stands: an import makes a chat of the same scores of it.

    The one place that decides what a person may see of a log as it is stored. What members brought to a group from
    their private chats is left out: of a group that somebody joined, scores come back without it.
    """
    rows = [event.encode() | {"detail": {} if event.kind is Kind.JOINED else dict(event.detail)} for event in log]
    raw = {
        "format": FORMAT,
        "version": VERSION,
        "language": state.language,
        "spoken": state.spoken,
        "traditional": state.traditional,
        "style": state.style,
        "session": state.session,
        "last_at": state.last_at.isoformat() if state.last_at else None,
        "shown": state.shown,
        "feedback": rows,
    }
    return json.dumps(raw, ensure_ascii=False, indent=1)


def standing(raw: Mapping[str, Any], state: ChatState) -> ChatState:
    """The state of a chat that begins with an export: how it spoke, which evening it was, and what it showed.

    What an older export lacks, or holds as nothing of ours, stays as in `state`.
    """
    found: dict[str, Any] = {}  # Any: fields of several types
    for name in ("language", "spoken"):
        if raw.get(name) in tuple(Lang):
            found[name] = Lang(raw[name])
    if isinstance(raw.get("traditional"), bool):
        found["traditional"] = raw["traditional"]
    if raw.get("style") in ("short", "long"):
        found["style"] = raw["style"]
    session, shown = raw.get("session"), raw.get("shown")
    if type(session) is int and session >= 1:  # True is an int, too
        found["session"] = session
    if isinstance(shown, list) and all(isinstance(item_id, str) for item_id in shown):
        found["shown"] = tuple(shown)
    try:
        last_at = datetime.fromisoformat(str(raw.get("last_at")))
    except ValueError:
        last_at = None
    if last_at is not None and last_at.tzinfo is not None:
        found["last_at"] = last_at
    return replace(state, **found)
