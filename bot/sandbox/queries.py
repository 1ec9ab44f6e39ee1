"""Answers to taps and inline queries."""

from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.content import CAPTION, START, TEXT, check_link, keyboard_of, text_of, written
from bot.sandbox.person import picture
from bot.sandbox.schema import Refusal, Values
from bot.sandbox.world import SEARCH_S, TAP_S, Json, World

ANSWER, RESULTS, RESULT_ID_BYTES, OFFSET_BYTES = 200, 50, 64, 64


class Queries:
    """Each is answered once, and in time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.methods = {"answerCallbackQuery": self._answer_tap, "answerInlineQuery": self._answer_search}

    def _answer_tap(self, values: Values) -> bool:
        if len(values.get("text", "")) > ANSWER:
            raise Refusal("Bad Request: MESSAGE_TOO_LONG", breach=True)
        url = values.get("url", "")
        if url and urlsplit(url).netloc != "t.me":  # other addresses are for games
            raise Refusal("Bad Request: URL_INVALID", breach=True)
        if url:
            check_link(url, self._world.bot["username"])
        number = values["callback_query_id"]
        tap = self._world.waiting(self._world.taps, number, TAP_S)
        tap["answer"] = values
        alert = values.get("show_alert", False)
        told = {"query": number, "user": tap["person"], "text": values.get("text", ""), "alert": alert, "url": url}
        self._world.tell("callback_answer", **told)
        return True

    def _answer_search(self, values: Values) -> bool:
        number, results = values["inline_query_id"], values["results"]
        if len(results) > RESULTS:
            raise Refusal("Bad Request: RESULTS_TOO_MUCH", breach=True)
        ids = [result["id"] for result in results]
        if len(set(ids)) < len(ids):
            raise Refusal("Bad Request: RESULT_ID_DUPLICATE", breach=True)
        if not all(1 <= len(one.encode("utf-8", "surrogatepass")) <= RESULT_ID_BYTES for one in ids):
            raise Refusal("Bad Request: RESULT_ID_INVALID", breach=True)
        if len(values.get("next_offset", "").encode("utf-8", "surrogatepass")) > OFFSET_BYTES:
            raise Refusal("Bad Request: NEXT_OFFSET_INVALID", breach=True)
        if (button := values.get("button")) is not None:
            if ("web_app" in button) == ("start_parameter" in button):
                raise Refusal("Bad Request: can't parse inline query results button: exactly one use", breach=True)
            if not START.fullmatch(button.get("start_parameter", "x")):
                raise Refusal("Bad Request: START_PARAM_INVALID", breach=True)
        contents = {result["id"]: self._content(result) for result in results}
        search = self._world.waiting(self._world.searches, number, SEARCH_S)
        search |= {"answer": values, "contents": contents}
        asked = {"user": search["person"], "text": search["query"]}
        self._world.tell("inline_answer", query=number, answer=values, **asked)
        return True

    def _content(self, result: Json) -> Json:
        """The message that the result becomes."""
        people = self._world.people
        markup = keyboard_of(result, self._world.bot["username"])
        content: Json = {"reply_markup": markup} if markup else {}
        if result["type"] == "article" and not result["title"]:
            raise Refusal("Bad Request: ARTICLE_TITLE_EMPTY", breach=True)
        typed: Any = result.get("input_message_content")
        if typed is not None:
            return content | written(*text_of(typed, "message_text", TEXT, people, "MESSAGE_EMPTY"))
        file_id = result.get("photo_file_id")
        if file_id is None:
            check_link(result["photo_url"], "")
            file_id = self._world.keep_file(result["photo_url"].encode(), "address")
        elif file_id not in self._world.files:
            raise Refusal("Bad Request: wrong file identifier/HTTP URL specified")
        caption = written(*text_of(result, "caption", CAPTION, people), "caption")
        return content | {"photo": [picture(file_id)]} | caption
