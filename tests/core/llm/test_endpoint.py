"""A server of a language model on loopback that lies, drips, hangs up or refuses."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from core.errors import LanguageModelError
from core.llm.choice import Choice
from core.llm.endpoint import LONGEST_ANSWER, Endpoint
from core.llm.naming import Remote

KEY = "k3y-that-nobody-sees"
CHOICE = Choice(("like", "ask_recommend"), ("genre:war",))
MESSAGES = (("system", "label it"), ("user", "a private line"))
Answer = Callable[[BaseHTTPRequestHandler, Any], None]


class Server(ThreadingHTTPServer):
    """Answers as the script says. asked: bodies and headers of all requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, Any, dict[str, str]]] = []
        self.script: list[Answer] = []

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(Remote(f"http://127.0.0.1:{self.server_port}/v1", "small", KEY))


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body, dict(self.headers)))
        self.server.script.pop(0)(self, body)

    def log_message(self, *_: object) -> None: ...


def says(content: object, status: int = 200) -> Answer:
    return raw(json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode(), status)


def raw(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, _: object) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def hang_up(handler: BaseHTTPRequestHandler, _: object) -> None:
    handler.connection.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def soon() -> float:
    return time.monotonic() + 20


def test_it_is_asked_as_the_protocol_says(server: Server) -> None:
    server.script = [says('{"act": "like", "facets": []}')]
    assert server.endpoint.choose(MESSAGES, CHOICE, soon()) == '{"act": "like", "facets": []}'
    path, body, headers = server.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert body["model"] == "small"
    assert body["messages"] == [{"role": role, "content": text} for role, text in MESSAGES]
    assert body["response_format"]["json_schema"]["schema"] == CHOICE.schema()


def test_one_that_knows_no_schemas_is_asked_without_from_then_on(server: Server) -> None:
    server.script = [says("no such field", 400), says("A"), says("B")]
    endpoint = server.endpoint
    assert [endpoint.choose(MESSAGES, CHOICE, soon()), endpoint.choose(MESSAGES, CHOICE, soon())] == ["A", "B"]
    assert ["response_format" in body for _, body, _ in server.asked] == [True, False, False]


def test_what_it_thinks_aloud_is_left_out(server: Server) -> None:
    server.script = [says("<think>hm, a private line</think>\n Well then.")]
    assert server.endpoint.write(MESSAGES, 50, soon()) == "Well then."


@pytest.mark.parametrize(
    "answer",
    [
        says(""), says(None), says("<think>and so on"), says([{"type": "text"}]), raw(b"<html>"),
        raw(b"{}"), raw(b"[]"), raw(b'{"choices": []}'), raw(b"[" * 100_000), raw(b"x" * (LONGEST_ANSWER + 1)),
        raw(b"", 401), raw(b"", 429),
        raw(b"", 500), raw(b"short", **{"Content-Length": "900"}),
        raw(b"", 302, Location="http://127.0.0.1:1/"), hang_up,
    ],
)  # fmt: skip
def test_whatever_it_does_is_one_kind_of_failure_that_tells_no_secret(server: Server, answer: Answer) -> None:
    server.script = [answer]
    with pytest.raises(LanguageModelError) as caught:
        server.endpoint.write(MESSAGES, 50, soon())
    assert KEY not in str(caught.value)
    assert "private" not in str(caught.value)


def test_a_refusal_of_the_plain_question_too_is_a_failure(server: Server) -> None:
    server.script = [says("", 400), says("", 422)]
    with pytest.raises(LanguageModelError, match="422"):
        server.endpoint.choose(MESSAGES, CHOICE, soon())


def test_one_that_is_not_there_does_not_answer() -> None:
    with pytest.raises(LanguageModelError, match="does not answer"):
        Endpoint(Remote("http://127.0.0.1:9/v1", "small")).write(MESSAGES, 50, soon())


def test_one_that_is_asked_too_late_is_not_asked(server: Server) -> None:
    with pytest.raises(LanguageModelError, match="too long"):
        server.endpoint.write(MESSAGES, 50, time.monotonic() - 1)
    assert server.asked == []


def test_one_that_never_ends_is_left(server: Server) -> None:
    done = threading.Event()

    def drip(handler: BaseHTTPRequestHandler, _: object) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not done.is_set():
                handler.wfile.write(b" ")
        except OSError:
            return

    server.script = [drip]
    with pytest.raises(LanguageModelError, match="too long"):
        server.endpoint.write(MESSAGES, 50, soon())
    done.set()
