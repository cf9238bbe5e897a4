"""All programs a patient has had, as one course of care: which of them a date belongs to.

A clinic has one program of a patient in use at a time, so that the versions of all of them follow each other in the
order of their publication. Refuses to number versions: numbers mean something within one program only.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from hep.history import History
from hep.index import Index
from hep.records import ProgramVersion


@dataclass(frozen=True)
class Course(History):
    """A patient's rows under several programs, for what is due on dates; `versions` stays empty.

    `programs`: the same rows under each, the program that began first at the beginning. Across programs the version
    published last counts, as within one the highest number does: for a date, of those in force by their own program's
    reading; for a slot that was logged, of those its logs name.
    """

    programs: tuple[History, ...] = ()

    @classmethod
    def under_all(cls, programs: Iterable[History]) -> "Course":
        """The course of these programs (not empty), each of one version at least and all of the same rows."""
        begun = tuple(sorted(programs, key=lambda each: each.versions[0].published_at))
        return cls((), begun[0].rows, begun[0].zone, programs=begun)

    @property
    def _index(self) -> Index:
        return self.programs[0]._index

    def named_on(self, when: str) -> Mapping[int, ProgramVersion]:
        """Slot (or n) of an ISO date (or week) → the version published last that a log of it names."""
        named: dict[int, list[ProgramVersion]] = defaultdict(list)
        for program in self.programs:
            for slot, version in program.named_on(when).items():
                named[slot].append(version)
        return {slot: _last(versions) for slot, versions in named.items()}

    def newest_on(self, on: date) -> ProgramVersion | None:
        """Of what each program's phone could know on a local date, the version published last, active or not."""
        found = [version for program in self.programs if (version := program.newest_on(on)) is not None]
        return _last(found) if found else None


def _last(versions: list[ProgramVersion]) -> ProgramVersion:
    """The one published last; of several at one instant, that of the program which began last."""
    return sorted(versions, key=lambda version: version.published_at)[-1]
