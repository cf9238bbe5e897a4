"""The shared exercise library in memory: read once from the data file that the client ships too."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import orjson

from hep import codec
from hep.library import exercises_from
from hep.records import Exercise

LIBRARY = Path(__file__).parent.parent / "assets" / "exercises" / "library.json"


@cache
def exercises() -> dict[str, Exercise]:
    """Every exercise by id, in the file's order."""
    return exercises_from(orjson.loads(LIBRARY.read_bytes()))


@cache
def answer() -> tuple[bytes, str]:
    """The library as the API gives it to patients, and its ETag."""
    return answer_with(())


def answer_with(own: Iterable[Exercise]) -> tuple[bytes, str]:
    """The library as the API gives it to a clinic's staff, with the clinic's own exercises, and its ETag."""
    body = b'{"exercises":[%b]}' % b",".join((*_rows(), *map(_row, own)))
    return body, f'"{hashlib.sha256(body).hexdigest()[:20]}"'


@cache
def _rows() -> tuple[bytes, ...]:
    return tuple(map(_row, exercises().values()))


def _row(exercise: Exercise) -> bytes:
    return orjson.dumps(codec.dump(exercise))
