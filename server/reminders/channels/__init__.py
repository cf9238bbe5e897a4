"""The ways a reminder goes: one module a channel, and below them where the server may go at all (`ways`, `posting`)."""
