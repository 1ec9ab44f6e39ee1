"""A model behind a URL that speaks OpenAI's chat protocol: llama.cpp, Ollama, vLLM, and those who sell it."""

import json
import re
import time
from collections.abc import Sequence
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from core.errors import LanguageModelError
from core.llm.choice import Choice
from core.llm.naming import Remote

LONGEST_ANSWER = 256 * 1024  # bytes
_THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)


class _NoRedirect(HTTPRedirectHandler):
    """The key and the message go to the host that was named, and to no other."""

    def redirect_request(self, *_: object) -> None:
        return None


class Endpoint:
    """Asks a server. Every failure is a LanguageModelError that holds neither key nor message."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self._opener = build_opener(_NoRedirect)
        self._knows_schemas = True  # until it refuses one

    def choose(self, messages: Sequence[tuple[str, str]], choice: Choice, deadline: float) -> str:
        """An answer to the messages ((role, text), …), which may still be none of the choice. deadline: monotonic."""
        body = {"max_tokens": 160}
        if self._knows_schemas:
            form = {"name": "reading", "strict": True, "schema": choice.schema()}
            try:
                return self._complete(
                    messages, {**body, "response_format": {"type": "json_schema", "json_schema": form}}, deadline
                )
            except _Refused:
                self._knows_schemas = False
        return self._complete(messages, body, deadline)

    def write(self, messages: Sequence[tuple[str, str]], tokens: int, deadline: float) -> str:
        """A text that answers the messages, of about `tokens` tokens at the most."""
        return self._complete(messages, {"max_tokens": tokens}, deadline)

    def _complete(self, messages: Sequence[tuple[str, str]], more: dict[str, Any], deadline: float) -> str:
        said = [{"role": role, "content": text} for role, text in messages]
        body = {"model": self._remote.model, "messages": said, "temperature": 0, "stream": False, **more}
        headers = {"Content-Type": "application/json", "User-Agent": "jianyan"}
        if self._remote.key:
            headers["Authorization"] = f"Bearer {self._remote.key}"
        url = f"{self._remote.url}/chat/completions"
        request = Request(url, json.dumps(body).encode(), headers)
        try:
            with self._opener.open(request, timeout=_left(deadline)) as response:
                raw = _read(response, deadline)
        except HTTPError as error:
            with error:
                kind = _Refused if error.code in (400, 422) else LanguageModelError
                raise kind(f"{self._remote.host} answered {error.code}") from None
        except (OSError, HTTPException) as error:
            raise LanguageModelError(f"{self._remote.host} does not answer ({type(error).__name__})") from None
        try:
            text: Any = json.loads(raw)["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError, RecursionError):
            raise LanguageModelError(f"{self._remote.host} did not answer as the protocol says") from None
        if not isinstance(text, str) or not (spoken := _THOUGHTS.sub("", text).strip()):
            raise LanguageModelError(f"{self._remote.host} had nothing to say")
        return spoken


class _Refused(LanguageModelError):
    """The server does not take a request of this form."""


def _read(response: HTTPResponse, deadline: float) -> bytes:
    """The body, which may drip in: a server that never ends is left."""
    found = bytearray()
    while chunk := response.read1(65536):
        found += chunk
        if len(found) > LONGEST_ANSWER:
            raise LanguageModelError("its answer is far too long")
        _left(deadline)
    return bytes(found)


def _left(deadline: float) -> float:
    """Seconds until then; LanguageModelError where there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise LanguageModelError("it took too long")
    return left
