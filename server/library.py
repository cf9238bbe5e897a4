"""The exercise library in memory: read once from the data file that the client ships too."""

import hashlib
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
    """The library as the API gives it, and its ETag."""
    body = orjson.dumps({"exercises": [codec.dump(exercise) for exercise in exercises().values()]})
    return body, f'"{hashlib.sha256(body).hexdigest()[:20]}"'
