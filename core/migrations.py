"""The database's form, version by version. A version that was released is never edited: write the next one."""

APPLICATION_ID = 0x6A79616E  # "jyan": tells our databases from other programs'

# One tuple of statements a version; PRAGMA user_version counts those that were applied.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE chats (
            chat_id INTEGER PRIMARY KEY,
            state TEXT NOT NULL,
            belief BLOB, -- little-endian float64, the posterior mean of model_id; a cache
            model_id TEXT NOT NULL,
            last_event INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE feedback (
            chat_id INTEGER NOT NULL,
            event INTEGER NOT NULL,
            speaker INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            session INTEGER NOT NULL,
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            target TEXT NOT NULL,
            value REAL NOT NULL,
            scope TEXT NOT NULL,
            detail TEXT NOT NULL,
            PRIMARY KEY (chat_id, event)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE slates (
            slate INTEGER PRIMARY KEY,
            chat_id INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            at TEXT,
            items TEXT NOT NULL -- JSON list of item ids, as shown
        ) STRICT""",
        "CREATE INDEX slates_of_chat ON slates (chat_id)",
        # holds no chat: a redelivered /forget finds its key here and revives nobody
        "CREATE TABLE turn_keys (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
        "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    ),
    (
        # whom the bot talks with; never a name
        """CREATE TABLE people (
            chat_id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL, -- private, group, channel
            language TEXT,
            first_at REAL NOT NULL, -- seconds since 1970, as all REAL times here
            last_at REAL NOT NULL,
            inactive INTEGER NOT NULL DEFAULT 0, -- has blocked the bot, or is gone
            news INTEGER NOT NULL DEFAULT 1 -- takes broadcasts
        ) STRICT""",
        """CREATE TABLE inbox (
            update_id INTEGER PRIMARY KEY,
            conversation INTEGER,
            at REAL NOT NULL, -- receipt
            body TEXT, -- the update; erased when it is done
            state INTEGER NOT NULL DEFAULT 0, -- 0 waiting, 1 done, 2 set aside
            error TEXT
        ) STRICT""",
        "CREATE INDEX inbox_waiting ON inbox (update_id) WHERE state = 0",
        "CREATE INDEX inbox_by_age ON inbox (at) WHERE state > 0",
        """CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            chat_id INTEGER NOT NULL, -- order is kept within it
            conversation INTEGER NOT NULL,
            priority INTEGER NOT NULL, -- 0 answers, 1 progress, 2 broadcasts
            method TEXT NOT NULL,
            payload TEXT NOT NULL,
            about TEXT, -- what to remember of the message once it is sent
            state INTEGER NOT NULL DEFAULT 0, -- 0 waiting, 1 on the wire
            tries INTEGER NOT NULL DEFAULT 0,
            due REAL NOT NULL DEFAULT 0
        ) STRICT""",
        "CREATE INDEX outbox_of_conversation ON outbox (conversation)",
        # the bot's own messages: what a tap, a reply or a reaction speaks of
        """CREATE TABLE messages (
            chat_id INTEGER NOT NULL,
            message_id INTEGER NOT NULL,
            conversation INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            kind TEXT NOT NULL,
            items TEXT NOT NULL, -- JSON list of item ids
            at REAL NOT NULL,
            PRIMARY KEY (chat_id, message_id)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX messages_of_conversation ON messages (conversation)",
        # the last message heard of each conversation: only an edit of that one is heard again
        """CREATE TABLE heard (
            conversation INTEGER PRIMARY KEY,
            message_id INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            update_id INTEGER NOT NULL
        ) STRICT""",
        "CREATE TABLE media (item_id TEXT PRIMARY KEY, file_id TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE blocked (chat_id INTEGER PRIMARY KEY, at REAL NOT NULL) STRICT",
        """CREATE TABLE audit (
            id INTEGER PRIMARY KEY,
            at REAL NOT NULL,
            admin INTEGER NOT NULL,
            command TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE broadcasts (
            id INTEGER PRIMARY KEY,
            at REAL NOT NULL,
            admin INTEGER NOT NULL,
            text TEXT NOT NULL,
            state TEXT NOT NULL -- draft, running, stopped, done
        ) STRICT""",
        """CREATE TABLE broadcast_targets (
            broadcast INTEGER NOT NULL,
            chat_id INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'waiting', -- waiting, queued, sent, failed, skipped
            PRIMARY KEY (broadcast, chat_id)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX broadcast_targets_of_chat ON broadcast_targets (chat_id)",
    ),
    (
        # titles that the catalogue lacks and people passed on; never by whom
        """CREATE TABLE passed_on (
            id INTEGER PRIMARY KEY,
            title TEXT NOT NULL UNIQUE COLLATE NOCASE,
            times INTEGER NOT NULL DEFAULT 1
        ) STRICT""",
    ),
)
