"""A Bot API server on loopback: the bot without a token, for people in a browser and for tests."""
