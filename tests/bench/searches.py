"""What is searched and with which words; runs in the browser's own Python, where the therapist's client runs.

A thousand exercises are made from the library's: variants with the words clinics add to names. Each search is one
keystroke of somebody typing, with a new word each time, so that nothing is answered from what was found before.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from pathlib import Path

from app.therapist.find import Filter, Index
from hep.library import exercises_from
from hep.records import Exercise

LIBRARY = Path(__file__).parents[2] / "assets" / "exercises" / "library.json"
MANY = 1000
_ADDED = (
    "on foam pad", "eyes closed", "with ball between knees", "against cable machine", "on balance board",
    "with kettlebell overhead", "in the pool", "slow tempo", "before breakfast", "for runners", "after cast removal",
)  # fmt: skip
_TYPED = (
    "clamshell", "hip opener", "straight leg raise", "quad set", "calf raise", "heel slide", "bird dog", "wall push-up",
    "shoulder external rotation", "plantar fascia stretch", "sit to stand", "balance one leg", "chin tuck", "band row",
    "hamstring stretch", "tennis elbow", "nerve glide", "step up", "belly breathing", "dizziness exercise",
    "foam pad balance", "cable row", "kettlebell", "tandem walk", "knee extension", "grip putty", "cat cow", "plank",
)  # fmt: skip
_MISTYPED = (
    "clamshlel", "hip opner", "strait leg raise", "qaud set", "claf raise", "heal slide", "brid dog", "wall psuhup",
    "externel rotation", "planter faciitis", "sit to stnad", "balence", "chin tcuk", "band rwo", "hamstrng",
    "tenis elbow", "nevre glide", "diziness", "ketlebell", "tandm wlak", "knee extention", "putti", "planck",
    "zzzzqqqq", "supraspinatus",
)  # fmt: skip
_FILTERS = (Filter(), Filter(region="knee"), Filter(type="strength", at_home=True, equipment=("chair", "band")))


def many() -> tuple[Exercise, ...]:
    """A thousand exercises with names of their own."""
    base = tuple(exercises_from(json.loads(LIBRARY.read_text("utf-8"))).values())
    return (*base, *islice(_variants(base), MANY - len(base)))


def _variants(base: tuple[Exercise, ...]) -> Iterator[Exercise]:
    for number, (words, exercise) in enumerate(product(_ADDED, base)):
        synonyms = (*exercise.synonyms, f"{exercise.family.replace('_', ' ')} {words}", f"protocol {number}")
        name = f"{exercise.name} {words}"
        yield replace(exercise, id=f"own-{number:04d}", name=name, synonyms=synonyms)


def keystrokes() -> Iterator[Filter]:
    """What the search sees while each phrase is typed, letter by letter."""
    for number, phrase in enumerate((*_TYPED, *_MISTYPED)):
        for end in range(1, len(phrase) + 1):
            yield replace(_FILTERS[number % len(_FILTERS)], words=phrase[:end])


def times_ms() -> dict[str, list[float]]:
    """Milliseconds of making the index (`index`) and of each search (`search`)."""
    began = time.perf_counter()
    index = Index(many())
    made = time.perf_counter() - began
    searches = []
    for wanted in keystrokes():
        began = time.perf_counter()
        index.find(wanted)
        searches.append((time.perf_counter() - began) * 1000)
    return {"index": [made * 1000], "search": searches}
