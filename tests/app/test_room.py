"""The room a phone has for the picture and the ring of a set."""

from dataclasses import replace

import pytest

from app.patient.views.room import LEAST, MOST, lines, room_of
from app.patient.views.session import ItemView
from app.theme import Look, Size
from hep.facts import ItemKey
from hep.library import prescribe
from hep.records import Side
from hep.schedule import PlannedItem
from tests.app.patient_world import TODAY
from tests.app.therapist_clinic import LIBRARY

TALL = Look(window=(410, 890))


def item(exercise_id: str, stepped: bool = False) -> ItemView:
    made = prescribe(LIBRARY[exercise_id], prescription_id="rx-01", from_on=TODAY, side=Side.RIGHT)
    planned = PlannedItem(key=ItemKey.dated(made.id, TODAY, 1), prescription=made, version=1, slot=1)
    return ItemView(planned, made.dose, stepped, (), None, False)


def test_a_line_breaks_between_words() -> None:
    assert lines("Lower slowly", 16, 300) == 1
    assert lines("Bend one knee and keep the other leg straight", 16, 336) == 1
    assert lines("Put your hands on a wall with your sore leg behind", 16, 336) == 2
    assert lines("", 16, 300) == 1


def test_a_tall_phone_shows_a_larger_picture_and_a_short_one_the_least() -> None:
    tall, short = (room_of(replace(TALL, window=(410, height)), item("kn-slr"), False) for height in (890, 640))
    assert 230 <= tall.picture <= 270
    assert short.picture == LEAST
    assert room_of(replace(TALL, window=(410, 2000)), item("kn-slr"), False).picture == MOST


def test_what_stands_above_the_set_takes_from_the_picture() -> None:
    plain = room_of(TALL, item("kn-slr"), False).picture
    assert room_of(TALL, item("kn-slr"), True).picture < plain
    assert room_of(TALL, item("kn-slr", stepped=True), False).picture < plain


def test_the_ring_is_smaller_where_a_large_one_would_push_the_picture_below_the_least() -> None:
    stretch = item("an-gastroc-stretch")
    assert room_of(TALL, stretch, False).ring == Size.RING_SMALL
    assert room_of(replace(TALL, window=(410, 1000)), stretch, False).ring == Size.RING


@pytest.mark.parametrize("exercise_id", ["kn-slr", "an-gastroc-stretch"])
def test_large_text_leaves_the_least(exercise_id: str) -> None:
    room = room_of(replace(TALL, percent=200), item(exercise_id), False)
    assert (room.picture, room.ring) == (LEAST, Size.RING_BIG)
