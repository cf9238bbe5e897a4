"""What the page paints before Python has started: the very screen that will follow, whenever that is."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from app.patient.screens.outline import Outline
from app.patient.screens.today import today
from app.store import NotSaved
from app.strings import words
from app.theme import TEXT_SIZES, Look
from hep.facts import ItemKey, RedFlag
from tests.app.examples import TODAY, ZONE, a_set, squat
from tests.app.patient_world import MORNING, World, bridge, patient, version, yesterday

JUST_MORNING = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
"""07:30 in the patient's zone: the morning question opens at 8."""

DONE_YESTERDAY = a_set(on=yesterday(), planned=str(ItemKey.dated("squat-0001", yesterday(), 1)))


async def left(world: World) -> list[str]:
    """What the page was told to keep, once the person rests."""
    told: list[str] = []
    for turn in range(50):
        if turn > 3 and told:  # the first tries to reach the clinic change something, too
            break
        await world.let_pass(seconds=3)
        told = [payload for topic, payload in world.device.told if topic == "last-today"]
    return told


def texts(node: dict[str, Any], greeting: str) -> list[str]:
    """Every text of an outline, in layout order; those of the bottom bar last."""
    if node["as"] == "text":
        return [greeting if node.get("greets") else node["words"]]
    if node["as"] == "bar":
        return [label for _, label in node["tabs"]]
    return [text for each in node.get("in", ()) for text in texts(each, greeting)]


def scene_at(card: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The scene that the page would paint at an instant."""
    (found,) = [each for each in card["scenes"] if each["from"] <= at.timestamp() * 1000 < each["until"]]
    return dict(found)


def greeting_at(card: dict[str, Any], hour: int) -> str:
    return str([text for first, text in card["greetings"] if first <= hour][-1])


def first_words(world: World) -> list[str]:
    """What the first frame says: without what the first try to reach the clinic brings."""
    return [text for text in (*world.ui.texts(), *words.tabs) if text != words.offline(0)]


async def test_the_page_keeps_the_words_that_the_next_start_shows(tmp_path: Path) -> None:
    async with patient(tmp_path, version(), facts=(DONE_YESTERDAY,)) as world:
        card = json.loads((await left(world))[-1])
        device = world.device

    later = MORNING + timedelta(hours=6)
    for start, note in (
        (later, ""),
        (MORNING + timedelta(days=1), "As of Sunday, November 22"),
        (MORNING + timedelta(days=2), "As of Sunday, November 22"),
    ):
        async with patient(tmp_path, now=start, device=device) as world:
            scene = scene_at(card, start)
            hour = start.astimezone(UTC).hour - 5

            assert texts(scene["screen"], greeting_at(card, hour)) == first_words(world), start
            assert scene["note"] == note


async def test_the_page_knows_when_the_morning_question_opens(tmp_path: Path) -> None:
    async with patient(tmp_path, version(), facts=(DONE_YESTERDAY,), now=JUST_MORNING) as world:
        card = json.loads((await left(world))[-1])

    before, after = (scene_at(card, JUST_MORNING + timedelta(minutes=minutes))["screen"] for minutes in (5, 35))
    assert words.morning_title not in texts(before, "")
    assert words.morning_title in texts(after, "")


async def test_after_three_days_the_page_claims_no_list(tmp_path: Path) -> None:
    async with patient(tmp_path, version(), unsent=(a_set(),)) as world:
        card = json.loads((await left(world))[-1])

    latest = max(scene["until"] for scene in card["scenes"])
    assert timedelta(milliseconds=latest - MORNING.timestamp() * 1000) <= timedelta(days=3)
    assert card["late"] == ["As of Sunday, November 22", "0 of 2 exercises done", words.waiting(1)]


async def test_the_page_is_told_again_only_when_something_looks_different_and_not_while_the_person_taps(
    tmp_path: Path,
) -> None:
    async with patient(tmp_path, version()) as world:
        first = await left(world)
        world.model.tell()
        assert await left(world) == first
        world.model.tell()
        await world.ui.settle()
        assert [payload for topic, payload in world.device.told if topic == "last-today"] == first


async def test_signing_out_leaves_nothing_on_the_page_and_before_anything_is_wiped(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await left(world)
        kept: list[object] = []
        wiped = world.store.purge

        async def purge(**forget: Any) -> None:
            kept.append([payload for topic, payload in world.device.told if topic == "last-today"][-1])
            await wiped(**forget)

        world.store.purge = purge  # type: ignore[method-assign]
        await world.model.sign_out()

        assert kept == [""]
        assert (await left(world))[-1] == ""


async def test_the_page_forgets_even_where_the_wiping_is_cut_short(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        assert (await left(world))[-1] != ""
        world.device.refuses = True

        with pytest.raises(NotSaved):
            await world.store.purge()

        assert (await left(world))[-1] == ""


async def test_nobody_signed_in_leaves_nothing(tmp_path: Path) -> None:
    async with patient(tmp_path, signed_in=False) as world:
        assert [payload for topic, payload in world.device.told if topic == "last-today"] == [""]


@pytest.mark.parametrize("percent", TEXT_SIZES)
async def test_every_state_of_today_can_be_painted_at_every_text_size(tmp_path: Path, percent: int) -> None:
    changed = version(2, replace(squat(), dose=replace(squat().dose, sets=3)), bridge(), reason="You stand up well")
    flag = RedFlag(at=MORNING, zone=ZONE, on=TODAY, sign="calf", family="squat")
    async with patient(tmp_path, version(), changed, facts=(DONE_YESTERDAY, flag), unsent=(a_set(),)) as world:
        world.model.look = Look(percent, ft.ThemeMode.DARK)
        outline = Outline(world.model.look)

        screen = outline.of(today(world.model), greeting="")

        assert {words.changed_title, words.morning_title, words.locked} <= set(texts(screen, ""))
        assert all(light.startswith("#") and dark.startswith("#") for light, dark in outline.palette)


def test_an_unknown_control_is_refused() -> None:
    with pytest.raises(KeyError):
        Outline(Look()).of(ft.Slider(), greeting="")
