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
)
