"""Channels that reach nobody: they take everything, remember it, and keep the tests of the server off the network."""

from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import FastAPI

from server.reminders.port import Address, Message, Outcome


@dataclass
class Canned:
    """Stands for every channel. `answers` are given first, then `sent`."""

    answers: list[Outcome] = field(default_factory=list)
    sent: list[tuple[Address, Message]] = field(default_factory=list)
    letters: list[tuple[Any, str, Any]] = field(default_factory=list)
    kind: str = "canned"

    def _answer(self) -> Outcome:
        return self.answers.pop(0) if self.answers else Outcome.sent()

    def send(self, address: Address, message: Message, timeout_s: float) -> Outcome:
        self.sent.append((address, message))
        return self._answer()

    def deliver(self, server: Any, email: str, letter: Any, message_id: str, timeout_s: float) -> Outcome:
        self.letters.append((server, email, letter))
        return self._answer()

    def publish(self, server: Any, topic: str, message: Message, timeout_s: float) -> Outcome:
        self.letters.append((server, topic, message))
        return self._answer()


def install(app: FastAPI) -> Canned:
    """Put one in the place of all of the application's channels."""
    canned = Canned()
    outlets = app.state.outlets
    app.state.outlets = replace(outlets, mail=canned, ntfy=canned, channels=dict.fromkeys(outlets.channels, canned))
    return canned
