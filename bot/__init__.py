"""The doors of the engine: the command line, and Telegram."""
