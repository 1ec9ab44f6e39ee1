"""Our adapter against a plain python-telegram-bot Application on httpx: the same load, in the same sitting.

    python benchmarks/adapter.py [--people 100] [--seconds 8] [--rounds 2]

Closed loop: each person taps again as soon as the answer is there. Both recommenders only echo; ours writes every tap,
turn and answer to disk (synchronous=FULL), the other one keeps all in memory.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from load import start

from bot.sandbox.server import Server

TICKS = os.sysconf("SC_CLK_TCK")


def serve_plain(url: str, token: str) -> None:
    """The peer: what its documentation shows, with updates handled side by side."""
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
    from telegram.ext import Application, CallbackQueryHandler, MessageHandler, filters

    rows = InlineKeyboardMarkup([[InlineKeyboardButton("more", callback_data="m")]])

    async def said(update: Update, _: object) -> None:
        assert update.message is not None
        await update.message.reply_text(f"echo {update.message.text}", reply_markup=rows)

    async def tapped(update: Update, _: object) -> None:
        query = update.callback_query
        assert query is not None
        assert query.message is not None
        await query.answer()
        await query.get_bot().send_message(query.message.chat.id, "echo tap", reply_markup=rows)

    builder = Application.builder().token(token).base_url(f"{url}/bot").concurrent_updates(True)
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, said))
    application.add_handler(CallbackQueryHandler(tapped))
    application.run_polling(allowed_updates=Update.ALL_TYPES)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def measure(which: str, people: int, seconds: float) -> tuple[float, float, float, float]:
    """Updates a second, p50 and p95 in ms, CPU ms an update."""
    with tempfile.TemporaryDirectory() as directory:
        async with Server() as server:
            world = server.world
            crowd = {world.person(f"P{n}", "en").id: None for n in range(people)}
            if which == "ours":
                process = await start(server, Path(directory), "polling", 0)
            else:
                command = (sys.executable, __file__, "--plain", server.url, server.token)
                process = await asyncio.create_subprocess_exec(*command)
            await server.wait_for(lambda: any(call.method == "getMe" for call in server.calls), 30)
            await asyncio.sleep(1)
            began: dict[int, float] = {}
            taken: list[float] = []
            ends = [0.0]

            def answered(event: dict[str, object]) -> None:
                if event.get("kind") != "message":
                    return
                message, now = event["message"], time.perf_counter()
                if message["from"]["id"] != world.bot["id"]:
                    return
                chat = message["chat"]["id"]
                if chat in began:
                    taken.append(now - began.pop(chat))
                if now < ends[0]:
                    began[chat] = now
                    world.open_tap(chat, message, message["reply_markup"]["inline_keyboard"][0][0]["callback_data"])

            world.listeners.append(answered)
            ends[0] = time.perf_counter() + seconds
            before = cpu_seconds(process.pid)
            for person in crowd:
                world.updates.put("message", {
                    "message_id": 1, "date": int(time.time()), "chat": {"id": person, "type": "private"},
                    "from": world.people[person], "text": "hello",
                })  # fmt: skip
            await asyncio.sleep(seconds)
            used = cpu_seconds(process.pid) - before
            count = len(taken)
            process.terminate()
            await process.wait()
            ordered = sorted(taken[people:])
            p50, p95 = (ordered[int(share * len(ordered))] * 1000 for share in (0.5, 0.95))
            return count / seconds, p50, p95, used / count * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--plain", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.plain:
        serve_plain(*args.plain)
        return 0
    for number in range(args.rounds):
        found = {which: asyncio.run(measure(which, args.people, args.seconds)) for which in ("plain", "ours")}
        for which, (rate, p50, p95, cpu) in found.items():
            print(
                f"round {number + 1} {which:6} {rate:7.0f}/s   p50 {p50:6.1f} ms   p95 {p95:6.1f} ms   {cpu:.2f} ms CPU"
            )
        ratio = found["ours"][0] / found["plain"][0]
        tail = found["ours"][2] / found["plain"][2]
        print(f"round {number + 1} ratio: {ratio:.2f} times the updates a second, {tail:.2f} of the p95")
    return 0


if __name__ == "__main__":
    sys.exit(main())
