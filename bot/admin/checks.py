"""/health: what the checks of /healthz saw, as one would say it."""

from collections.abc import Mapping

from bot.admin.speech import phrases, say, size
from bot.health import Finding
from core.turns import Lang


def told(found: Mapping[str, Finding], lang: Lang) -> str:
    """A line a check, below what they come to."""
    head = "health.well" if all(finding.well for finding in found.values()) else "health.ill"
    return "\n".join([say(head, lang), *(_line(name, finding, lang) for name, finding in found.items())])


def _line(name: str, finding: Finding, lang: Lang) -> str:
    facts = [_fact(key, value, lang) for key, value in finding.facts.items()]
    between = ", " if lang is Lang.EN else "，"
    return say(
        "check",
        lang,
        mark="✓" if finding.well else "✗",
        name=say(f"check.{name}", lang) if f"check.{name}" in phrases() else name,
        facts=between.join(fact for fact in facts if fact) or "–",
    )


def _fact(key: str, value: object, lang: Lang) -> str:
    """A fact; nothing of an error that there is none of, and whatever has no phrase as it is."""
    shown = size(value) if key.endswith("_bytes") and isinstance(value, int) else value
    none = f"fact.{key}.none"
    if not value and none in phrases():
        return say(none, lang)
    return say(f"fact.{key}", lang, value=shown) if f"fact.{key}" in phrases() else f"{key} {shown}"
