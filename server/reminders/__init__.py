"""Reminders on the server: what is planned (`planning`), when it is due and sent (`engine`), what came of it (`truth`).

What to plan and what to say is decided in `hep.reminding`; how a message leaves is a channel's business (`port`).
"""
