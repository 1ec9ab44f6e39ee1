"""The recommendation engine: it decides and speaks, and knows nothing of Telegram. Importing it loads nothing heavy."""
