"""What is wrong with an entry of a library, in a form a person can act on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong: which exercise, which of its fields, and what to do."""

    entry: str
    field: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.entry}: {self.field}: {self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The words that an exercise may use for its region, type, position, equipment and precautions."""

    region: frozenset[str]
    type: frozenset[str]
    position: frozenset[str]
    equipment: frozenset[str]
    flags: frozenset[str]
