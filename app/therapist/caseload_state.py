"""The caseload as loaded, and how the therapist looks at it: filter, search, open groups.

The order is the server's; this narrows it and never sorts.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum

import flet as ft

from app.api import ApiError
from app.therapist.clinic import Clinic
from app.therapist.remote import Remote
from hep.views import Caseload, CaseloadRow


class Show(StrEnum):
    """The filters of the caseload."""

    ALL = "all"
    MINE = "mine"
    UNOPENED = "unopened"


GROUPS = ("today", "this_week", "on_track")


class CaseloadState(ft.Observable):
    """`show` and `words` narrow the list; `on_track_open` unfolds the group that needs nothing."""

    def __init__(self, clinic: Clinic, me: Callable[[], str]) -> None:
        self._clinic = clinic
        self._me = me
        self.list: Remote[Caseload] = Remote()
        self.show = Show.ALL
        self.words = ""
        self.on_track_open = False

    async def load(self) -> None:
        """Ask for the list; the last one stays in sight while this goes on, and when it fails."""
        self.list = self.list.asking()
        try:
            self.list = Remote(await self._clinic.caseload())
        except ApiError as error:
            self.list = self.list.refused(error)

    def rows(self, group: str) -> tuple[CaseloadRow, ...]:
        """The rows of one group that pass the filter and the search, in the server's order."""
        return tuple(row for row in self._narrowed(self.show) if row.group == group)

    def count(self, show: Show) -> int:
        """How many patients a filter leaves, the search aside."""
        return sum(1 for row in self._all() if self._passes(row, show))

    def needing_today(self) -> int:
        """How many patients stand in the group of today, filters aside."""
        return sum(1 for row in self._all() if row.group == GROUPS[0])

    def nothing_found(self) -> bool:
        """There are patients, but filter and search leave none."""
        return bool(self._all()) and not list(self._narrowed(self.show))

    def choose(self, show: Show) -> None:
        """Set the filter."""
        self.show = show

    def search(self, words: str) -> None:
        """Set the words that a patient's name or problem must hold."""
        self.words = words

    def clear(self) -> None:
        """Show every patient again."""
        self.show, self.words = Show.ALL, ""

    def fold_on_track(self) -> None:
        """Open or close the group that needs nothing."""
        self.on_track_open = not self.on_track_open

    def _all(self) -> tuple[CaseloadRow, ...]:
        return self.list.value.rows if self.list.value else ()

    def _narrowed(self, show: Show) -> Iterable[CaseloadRow]:
        words = self.words.casefold().split()
        for row in self._all():
            text = f"{row.name} {row.problem}".casefold()
            if self._passes(row, show) and all(word in text for word in words):
                yield row

    def _passes(self, row: CaseloadRow, show: Show) -> bool:
        if show is Show.MINE:
            return row.therapist_id == self._me()
        if show is Show.UNOPENED:
            return unopened(row)
        return True


def unopened(row: CaseloadRow) -> bool:
    """Whether there is a version that the patient has not seen."""
    return row.program_version is not None and row.acknowledged_version != row.program_version
