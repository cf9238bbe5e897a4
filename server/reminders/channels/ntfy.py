"""ntfy, self-hosted or public: a message to a topic of 128 random bits that one phone listens to.

Whoever runs the ntfy server can read the sentence, which says nothing, and sees when it came; the topic is in the body
and in no address. A topic exists as soon as somebody listens, so no answer means that a phone is gone: 404 and 410 say
that this is no ntfy server (any more), which is the admin's to mend, and no patient's topic is given up for it.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_bytes

from hep.reminding import Purpose, sentence
from server.reminders.channels.posting import Failed, Letter, meaning, post
from server.reminders.channels.ways import Barred, Ways
from server.reminders.port import Address, Message, Outcome

KIND = "ntfy"
TOPIC_BYTES = 16
NORMAL, HIGH = 3, 4
"""ntfy's priorities: with and without waking a sleeping phone at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NtfyServer:
    """The clinic's ntfy server; `token` is empty where anybody may publish."""

    url: str
    token: str


def new_topic() -> str:
    """A topic nobody can guess: 22 characters."""
    return urlsafe_b64encode(token_bytes(TOPIC_BYTES)).rstrip(b"=").decode()


class Ntfy:
    """The channel. `server_of` gives a clinic's ntfy server, None where ntfy is switched off."""

    kind = KIND

    def __init__(self, ways: Ways, server_of: Callable[[str], NtfyServer | None]) -> None:
        self._ways, self._server_of = ways, server_of

    def send(self, address: Address, message: Message, timeout_s: float) -> Outcome:
        """Publish one sentence. Never raises."""
        try:
            server = self._server_of(address.clinic_id)
            if server is None:
                return Outcome.refused("channel_off")
            if server.url != address.data["server"]:
                return Outcome.refused("ntfy_moved")
            return self.publish(server, str(address.data["topic"]), message, timeout_s)
        except Exception:
            return Outcome.refused("ntfy_not_made")

    def publish(self, server: NtfyServer, topic: str, message: Message, timeout_s: float) -> Outcome:
        """Publish to any topic of that server. Never raises."""
        try:
            place = self._ways.check_url(server.url)
            headers = {"Content-Type": "application/json"}
            if server.token:
                headers["Authorization"] = f"Bearer {server.token}"
            letter = Letter(who="ntfy", url=server.url, place=place, headers=headers, body=published(topic, message))
            return meaning("ntfy", post(self._ways, letter, timeout_s), frozenset())
        except Barred:
            return Outcome.refused("address_barred")
        except Failed as failed:
            return failed.outcome
        except Exception:
            return Outcome.refused("ntfy_not_made")


def published(topic: str, message: Message) -> bytes:
    """The body: the sentence as title and text, and the opaque id, by which newer apps show a repeat once."""
    said = sentence(Purpose(message.sentence), message.language)
    return json.dumps(
        {
            "topic": topic,
            "title": said,
            "message": said,
            "priority": NORMAL if message.silent else HIGH,
            "sequence_id": message.id,
        }
    ).encode()
