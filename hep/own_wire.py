"""What travels between desk and server about a clinic's own exercises, beside the exercises themselves."""

from dataclasses import dataclass

from hep.own import OwnExercise


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnExercises:
    """All of the clinic's own exercises, retired ones too, by name."""

    exercises: tuple[OwnExercise, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retire:
    """Whether the exercise is to be retired, or offered again."""

    retired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoAdded:
    """The photo as it is stored. `had_location`: the file told where it was taken; what is stored does not."""

    photo: str
    width: int
    height: int
    had_location: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a file brought: how many exercises were added, got a new version, and were the same already."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Why an entry of a file was refused: its name as far as it can be shown, and what to do."""

    entry: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedEntries:
    """Why a file was refused, entry by entry."""

    refused: tuple[Entry, ...]
