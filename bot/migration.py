"""A group that becomes a supergroup gets a new id: all that is known of it moves there, at once."""

from collections.abc import Sequence

from bot.ports import Store
from core.state import Statement

# what is kept of a talk, the chat itself last: while it stands under its old id, nothing has been moved yet
TALK = (("feedback", "chat_id"), ("slates", "chat_id"), ("heard", "conversation"), ("chats", "chat_id"))
CHAT = ("people", "broadcast_targets", "blocked")  # what is kept of a chat as the adapter sees it


async def migrate(store: Store, old: int, new: int, also: Sequence[Statement] = ()) -> None:
    """Moves every row of `old` to `new`. Asked twice, it does nothing more. also: written in the same transaction.

    Where both have talked, for Telegram tells of the move late, the one that told more goes on. No row of `old` stays.
    Telegram tells of it in both chats, and by refusing what is sent to the old one, all at about the same time.
    """
    statements: list[Statement] = []
    goes_on = await _told(store, old) >= await _told(store, new)
    for table, column in TALK:
        if goes_on:
            given_up = f"DELETE FROM {table} WHERE {column} = ? AND EXISTS (SELECT 1 FROM chats WHERE chat_id = ?)"
            statements.append((given_up, (new, old)))
            statements.append((f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new, old)))
        else:
            statements.append((f"DELETE FROM {table} WHERE {column} = ?", (old,)))
    statements.append(("UPDATE chats SET state = json_set(state, '$.chat_id', ?) WHERE chat_id = ?", (new, new)))
    for table in CHAT:
        statements.append((f"UPDATE OR IGNORE {table} SET chat_id = ? WHERE chat_id = ?", (new, old)))
        statements.append((f"DELETE FROM {table} WHERE chat_id = ?", (old,)))
    query = "UPDATE outbox SET chat_id = ?, payload = json_set(payload, '$.chat_id', ?) WHERE chat_id = ?"
    statements.append((query, (new, new, old)))
    statements.append(("UPDATE outbox SET conversation = ? WHERE conversation = ?", (new, old)))
    statements.append(("DELETE FROM messages WHERE chat_id = ?", (old,)))  # their numbers mean nothing there
    statements.append(("UPDATE inbox SET conversation = ? WHERE conversation = ? AND state = 0", (new, old)))
    await store.write([*statements, *also])


async def _told(store: Store, chat: int) -> int:
    """Events of a chat; none where nothing is kept."""
    return len(await store.read("SELECT 1 FROM feedback WHERE chat_id = ?", chat))
