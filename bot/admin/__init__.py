"""What only admins may do: slash-commands for the ids in JIANYAN_ADMINS, in their private chat with the bot.

For everybody else these commands do not exist. Every action is written to the audit table. The way in is `door.Admin`.
"""
