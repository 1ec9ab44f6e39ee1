"""Holds requests to what is published: every parameter known, there, and of its type."""

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

Values = dict[str, Any]  # parameters, as JSON

_OTHER_KIND = " is of another kind"


class Refusal(Exception):
    """What the server answers instead of a result. breach: the bot has broken the specification."""

    def __init__(self, description: str, code: int = 400, breach: bool = False, **parameters: object) -> None:
        super().__init__(description)
        self.description, self.code, self.breach, self.parameters = description, code, breach, parameters


@cache
def facts() -> Mapping[str, Any]:
    """`api.toml`."""
    return tomllib.loads(resources.files("bot.sandbox").joinpath("api.toml").read_text(encoding="utf-8"))


@cache
def methods() -> Mapping[str, str]:
    """Names of the methods, by their lower case: Telegram does not mind the case."""
    return {name.lower(): name for name in facts()["methods"]}


def checked(method: str, given: Mapping[str, object]) -> Values:
    """The parameters as JSON values. given: texts as a form has them, or JSON. Refusal for what is not published."""
    fields: Mapping[str, str] = facts()["methods"][method]
    for name in given:
        if name not in fields:
            raise Refusal(f"Bad Request: unknown parameter {name}", breach=True)
    found: Values = {}
    for name, types in fields.items():
        value = given.get(name)
        if value is not None and (value != "" or types.startswith("String")):
            found[name] = _value(name, value, types.rstrip("!"))
        elif types.endswith("!"):
            raise Refusal(f"Bad Request: parameter {name} is required", breach=True)
    return found


def _value(name: str, value: object, types: str) -> Any:
    """The value as one of the types; a form's text is read as JSON where no text is wanted."""
    reasons = []
    for one in types.split("|"):
        candidate = value
        if isinstance(value, str) and one not in ("String", "InputFile"):
            try:
                candidate = json.loads(value)
            except (ValueError, RecursionError):
                reasons.append(f"can't parse {name}: it is no {one}")
                continue
        reason = _wrong(name, candidate, one)
        if reason is None:
            return candidate
        reasons.append(reason)
    raise Refusal(f"Bad Request: {_telling(reasons)}", breach=True)


def _telling(reasons: list[str]) -> str:
    """Of the reasons why no alternative fits, one that is about more than its kind."""
    return next((why for why in reasons if not why.endswith(_OTHER_KIND)), reasons[-1])


def _wrong(name: str, value: object, kind: str) -> str | None:
    """Why the value is not of that type, or None."""
    if kind.endswith("[]"):
        if not isinstance(value, list):
            return f"{name} must be an Array"
        return next((why for n, one in enumerate(value) if (why := _wrong(f"{name}[{n}]", one, kind[:-2]))), None)
    match kind:
        case "String" | "InputFile":
            good = isinstance(value, str)
        case "Integer":
            good = isinstance(value, int) and not isinstance(value, bool) and -(1 << 63) <= value < 1 << 63
        case "Boolean":
            good = isinstance(value, bool)
        case "Object":
            good = isinstance(value, dict)
        case _ if kind.startswith("="):
            return None if value == kind[1:] else f"{name}{_OTHER_KIND}"
        case _ if kind in facts()["unions"]:
            wrong = [_wrong(name, value, option) for option in facts()["unions"][kind]]
            return None if None in wrong else f"can't parse {name}: {_telling([why for why in wrong if why])}"
        case _:
            return _wrong_object(name, value, facts()["types"][kind])
    return None if good else f"{name} must be of type {kind}"


def _wrong_object(name: str, value: object, fields: Mapping[str, str]) -> str | None:
    if not isinstance(value, dict):
        return f"{name} must be of type Object"
    wanted = fields.get("type", "")
    if wanted.startswith("=") and value.get("type") != wanted.strip("=!"):
        return f"{name}{_OTHER_KIND}"
    for key in value:
        if key not in fields:
            return f"{name} has an unknown field {key}"
    for key, types in fields.items():
        if value.get(key) is None:
            if types.endswith("!"):
                return f'can\'t find field "{key}" of {name}'
            continue
        wrong = [_wrong(f"{name}.{key}", value[key], one) for one in types.rstrip("!").split("|")]
        if None not in wrong:
            return wrong[-1]
    return None
