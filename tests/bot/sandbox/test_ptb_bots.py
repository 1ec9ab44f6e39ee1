"""A witness from outside: bots of python-telegram-bot, written as its users write them, run on the server."""

import html
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)
from telegram.helpers import create_deep_linked_url

from bot.sandbox.server import Server

Context = ContextTypes.DEFAULT_TYPE
Bot = Application[Any, Any, Any, Any, Any, Any]
JPEG = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as made:
        yield made
        assert not made.violations


@asynccontextmanager
async def running(server: Server, fill: Callable[[Bot], None]) -> AsyncIterator[Bot]:
    """A bot that polls the server; what its handlers raise is raised at the end."""
    errors: list[BaseException | None] = []

    async def broken(update: object, context: Context) -> None:
        errors.append(context.error)

    origin = server.url
    builder = Application.builder().token(server.token).base_url(f"{origin}/bot").base_file_url(f"{origin}/file/bot")
    application: Bot = builder.build()
    fill(application)
    application.add_error_handler(broken)
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling(allowed_updates=Update.ALL_TYPES, timeout=2)
        yield application
        await application.updater.stop()
        await application.stop()
    assert not errors


async def sent(server: Server, chat: int, count: int) -> dict[str, Any]:
    """The bot's newest message in a chat, once there are so many."""
    await server.wait_for(lambda: len(server.world.sent(chat)) >= count)
    return server.world.sent(chat)[-1]


async def test_an_echo_with_a_mention(server: Server) -> None:
    async def start(update: Update, context: Context) -> None:
        assert update.message is not None
        assert update.effective_user is not None
        await update.message.reply_html(f"你好 {update.effective_user.mention_html()}")

    async def echo(update: Update, context: Context) -> None:
        assert update.message is not None
        await update.message.reply_text(update.message.text or "")

    def fill(bot: Bot) -> None:
        bot.add_handler(CommandHandler("start", start))
        bot.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))

    ann = server.world.person("Ann <3", "en")
    async with running(server, fill):
        ann.say("/start")
        assert (await sent(server, ann.id, 1))["text"] == "你好 Ann <3"
        ann.say("𠮷 & 木")
        assert (await sent(server, ann.id, 2))["text"] == "𠮷 & 木"


async def test_a_keyboard_is_pressed_and_its_message_edited(server: Server) -> None:
    async def start(update: Update, context: Context) -> None:
        assert update.message is not None
        rows = [[InlineKeyboardButton(name, callback_data=name) for name in ("left", "right")]]
        await update.message.reply_text("Where?", reply_markup=InlineKeyboardMarkup(rows))

    async def press(update: Update, context: Context) -> None:
        query = update.callback_query
        assert query is not None
        await query.answer()
        await query.edit_message_text(f"To the {query.data}")
        with pytest.raises(BadRequest, match="is not modified"):
            await query.edit_message_text(f"To the {query.data}")
        with pytest.raises(BadRequest, match=r"[Qq]uery is too old"):
            await query.answer("again")

    def fill(bot: Bot) -> None:
        bot.add_handler(CommandHandler("start", start))
        bot.add_handler(CallbackQueryHandler(press))

    ann = server.world.person("Ann", "en")
    async with running(server, fill):
        ann.say("/start")
        asked = await sent(server, ann.id, 1)
        ann.press(asked, column=1)
        messages = server.world.chats[ann.id].messages
        await server.wait_for(lambda: messages[asked["message_id"]]["text"] == "To the right")
        assert "reply_markup" not in messages[asked["message_id"]]


async def test_deep_links_lead_back_to_the_bot(server: Server) -> None:
    async def start(update: Update, context: Context) -> None:
        assert update.message is not None
        if context.args:
            await update.message.reply_text(f"came by {context.args[0]}")
        else:
            link = create_deep_linked_url(context.bot.username, "film_her-2013")
            button = InlineKeyboardButton("share", url=link)
            text = f'<a href="{link}">here</a>'
            await update.message.reply_html(text, reply_markup=InlineKeyboardMarkup([[button]]))

    ann = server.world.person("Ann", "en")
    async with running(server, lambda bot: bot.add_handler(CommandHandler("start", start))):
        ann.say("/start")
        told = await sent(server, ann.id, 1)
        url = told["entities"][0]["url"]
        assert url == told["reply_markup"]["inline_keyboard"][0][0]["url"]
        ann.say(f"/start {url.partition('=')[2]}")
        assert (await sent(server, ann.id, 2))["text"] == "came by film_her-2013"


async def test_a_conversation_with_a_reply_keyboard_and_a_photo(server: Server) -> None:
    kind, picture = range(2)
    seen: list[bytes] = []

    async def start(update: Update, context: Context) -> int:
        assert update.message is not None
        keyboard = ReplyKeyboardMarkup([["film", "book"]], one_time_keyboard=True, input_field_placeholder="Which?")
        await update.message.reply_text("Film or book?", reply_markup=keyboard)
        return kind

    async def chosen(update: Update, context: Context) -> int:
        assert update.message is not None
        await update.message.reply_text("Show me its cover.", reply_markup=ReplyKeyboardRemove())
        return picture

    async def shown(update: Update, context: Context) -> int:
        assert update.message is not None
        file = await update.message.photo[-1].get_file()
        seen.append(bytes(await file.download_as_bytearray()))
        await update.message.reply_photo(update.message.photo[-1].file_id, caption="Nice.")
        return ConversationHandler.END

    def fill(bot: Bot) -> None:
        talk: ConversationHandler[Context] = ConversationHandler(
            entry_points=[CommandHandler("start", start)],
            states={
                kind: [MessageHandler(filters.Regex("^(film|book)$"), chosen)],
                picture: [MessageHandler(filters.PHOTO, shown)],
            },
            fallbacks=[],
        )
        bot.add_handler(talk)

    ann = server.world.person("Ann", "en")
    async with running(server, fill):
        ann.say("/start")
        await sent(server, ann.id, 1)
        ann.say("book")
        await sent(server, ann.id, 2)
        asked = ann.photo(JPEG)
        answer = await sent(server, ann.id, 3)
        assert answer["caption"] == "Nice."
        assert answer["photo"][0]["file_id"] == asked["photo"][0]["file_id"]
    assert seen == [JPEG]


async def test_inline_results_are_offered_and_one_is_chosen(server: Server) -> None:
    chosen: list[str] = []

    async def search(update: Update, context: Context) -> None:
        assert update.inline_query is not None
        words = html.escape(update.inline_query.query)
        results = [
            InlineQueryResultArticle(tag, tag, InputTextMessageContent(f"<{tag}>{words}</{tag}>", ParseMode.HTML))
            for tag in ("b", "i")
        ]
        await update.inline_query.answer(results, cache_time=0, is_personal=True)

    async def note(update: Update, context: Context) -> None:
        assert update.chosen_inline_result is not None
        chosen.append(update.chosen_inline_result.result_id)
        server.world.tell("world")

    def fill(bot: Bot) -> None:
        bot.add_handler(InlineQueryHandler(search))
        bot.add_handler(ChosenInlineResultHandler(note))

    ann = server.world.person("Ann", "en")
    friends = server.world.group("Friends", [ann])
    async with running(server, fill):
        query = ann.inline("tea & <cake>", friends.id)
        await server.wait_for(lambda: server.world.searches[query]["answer"])
        posted = ann.choose(query, "b")
        await server.wait_for(lambda: chosen == ["b"])
    assert posted["text"] == "tea & <cake>"
    assert posted["entities"] == [{"type": "bold", "offset": 0, "length": 12}]
    assert posted["via_bot"]["id"] == server.world.bot["id"]


async def test_uploads_and_refusals_reach_the_library_as_it_knows_them(server: Server) -> None:
    ann = server.world.person("Ann", "en")
    async with running(server, lambda bot: None) as bot:
        photo = await bot.bot.send_photo(ann.id, JPEG, caption="c", filename="cover.jpg")
        again = await bot.bot.send_photo(ann.id, photo.photo[-1].file_id)
        assert again.photo[-1].file_id == photo.photo[-1].file_id
        document = await bot.bot.send_document(ann.id, b"{}", filename="export.json")
        assert document.document is not None
        assert document.document.file_name == "export.json"
        with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
            await bot.bot.send_message(1, "a")
        ann.block()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.bot.send_message(ann.id, "a")
