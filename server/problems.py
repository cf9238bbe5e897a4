"""How a service says no to a whole request, and a command to the person who gave it.

A request gets a stable code of `hep.problems.CATALOG`, never a value that was sent.
"""

from hep.problems import CATALOG


class Declined(Exception):
    """Ends a request with the catalog's status and sentence; `detail` holds safe facts, `retry_after` seconds."""

    def __init__(self, code: str, detail: dict[str, object] | None = None, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.status, self.sentence = CATALOG[code]
        self.detail = detail
        self.retry_after = retry_after


class CannotDo(Exception):
    """A command that cannot be carried out; the text says why and what to do."""
