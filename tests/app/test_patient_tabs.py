"""Joining, progress, the program and the settings."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from app.patient.screens.join import iso_date, problem, tidy
from app.strings import words
from hep.facts import Pause, Provenance, SessionEnd, SetLog, SkipReason
from hep.wire import Change, ServerKind
from tests.app.clinic import Clinic, page, says
from tests.app.clinic import problem as refusal
from tests.app.device import Device
from tests.app.examples import TODAY, ZONE, a_set, change, squat
from tests.app.patient_world import CLINIC, MORNING, PROFILE, patient, version, yesterday


def sent(*records: Any) -> tuple[Change, ...]:
    kinds = (ServerKind.PROFILE, ServerKind.CLINIC, ServerKind.PROGRAM)
    return tuple(change(n, kind.value, r.id, r) for n, (kind, r) in enumerate(zip(kinds, records, strict=True), 1))


def clinic() -> Clinic:
    """A clinic that has a program for whoever comes."""
    answering = Clinic()
    pulled = page(changes=sent(PROFILE, CLINIC, version()))
    answering.usual["/v1/sync/pull"] = lambda _: says(200, pulled)
    answering.usual["/v1/me/devices"] = lambda _: says(200, {"devices": []})
    return answering


async def test_the_links_secret_signs_in_at_once(tmp_path: Path) -> None:
    device = Device(tmp_path, clinic())
    device.fragment = "i=a-secret"
    async with patient(tmp_path, signed_in=False, device=device) as world:
        await world.ui.settle()

        assert world.ui.shows("Good morning, Ana")
        assert world.ui.has("start")
        assert "a-secret" not in str([request.url for _, _, request in device.link.asked])  # type: ignore[union-attr]


async def test_a_typed_code_needs_the_birth_date(tmp_path: Path) -> None:
    device = Device(tmp_path, clinic())
    async with patient(tmp_path, signed_in=False, device=device) as world:
        await world.ui.type("code", "k7q2m 9xw4t")
        await world.ui.tap("join")
        assert world.ui.shows(words.birth_date_unclear)

        await world.ui.type("birth", "1960-04-23")
        await world.ui.tap("join")

        (body,) = device.link.bodies("/v1/auth/redeem")  # type: ignore[union-attr]
        assert (body["code"], body["birth_date"], body["secret"]) == ("K7Q2M9XW4T", "1960-04-23", None)
        assert world.ui.has("start")


async def test_an_invitation_that_was_used_is_said_in_words(tmp_path: Path) -> None:
    answering = clinic()
    sentence = "This invitation cannot be used. Ask your clinic for a new one."
    answering.usual["/v1/auth/redeem"] = lambda _: refusal(410, "invitation_invalid", sentence)
    device = Device(tmp_path, answering)
    device.fragment = "i=a-secret"
    async with patient(tmp_path, signed_in=False, device=device) as world:
        assert world.ui.shows(sentence)
        assert world.ui.has("join")


async def test_joining_without_a_network_says_so_and_keeps_the_form(tmp_path: Path) -> None:
    device = Device(tmp_path)
    device.fragment = "i=a-secret"
    async with patient(tmp_path, signed_in=False, device=device) as world:
        assert world.ui.shows("cannot be reached")
        assert world.ui.has("code")


async def test_a_signed_out_phone_says_what_is_safe(tmp_path: Path) -> None:
    async with patient(tmp_path, signed_in=False, unsent=(a_set(),)) as world:
        assert world.ui.shows(words.connect_again)
        assert world.ui.shows("1 entry is safe on this phone")


@pytest.mark.parametrize(
    ("unsent", "sentence"),
    [
        ((), "Everything you logged was sent to your clinic."),
        ((a_set(),), "1 entry is safe on this phone and will be sent."),
    ],
)
async def test_a_phone_the_clinic_signed_out_says_so_and_asks_for_an_invitation(
    tmp_path: Path, unsent: tuple[SetLog, ...], sentence: str
) -> None:
    async with patient(tmp_path, unsent=unsent) as world:
        await world.store.set_meta({"revoked": "1"})
        await world.store.purge()
        await world.model.refresh()
        await world.ui.settle()

        assert world.ui.shows(words.ended)
        assert world.ui.shows(f"Your program is no longer on this phone. {sentence}")
        assert world.ui.has("code")


async def test_an_expired_sign_in_does_not_block_exercise(tmp_path: Path) -> None:
    async with patient(tmp_path, version(), signed_in=False) as world:
        assert world.ui.shows(words.not_connected(0))
        assert world.ui.has("start")

        await world.ui.tap("sign-in")
        assert world.ui.shows(words.connect_again)


@pytest.mark.parametrize(
    ("code", "born", "sentence"),
    [
        ("", "1960-04-23", words.code_unclear),
        ("K7Q2M9XW4", "1960-04-23", words.code_unclear),
        ("K7Q2M-9XW4T", "23.04.1960", words.birth_date_unclear),
        ("K7Q2M-9XW4T", "13/23/1960", words.birth_date_unclear),
        ("k7q2m 9xw4t", " 1960-04-23 ", ""),
        ("k7q2m 9xw4t", "4/23/1960", ""),
    ],
)
def test_the_form_says_what_is_wrong_before_it_asks(code: str, born: str, sentence: str) -> None:
    assert problem(code, born) == sentence


def test_a_birth_date_is_read_as_people_write_it() -> None:
    assert iso_date("4/3/1960") == iso_date("04-03-1960") == iso_date("1960-04-03") == "1960-04-03"


def test_a_code_is_read_without_spaces_and_case() -> None:
    assert tidy("k7q2m-9xw 4t") == "K7Q2M9XW4T"


def logged(days_ago: int, pain: int = 2) -> tuple[Any, ...]:
    on, at = yesterday(days_ago), MORNING - timedelta(days=days_ago)
    session = f"session-{on.isoformat()}"
    return (
        a_set(1, on=on, at=at, planned=f"squat-0001|{on.isoformat()}|1", session_id=session, pain=pain),
        SessionEnd(at=at, zone=ZONE, on=on, session_id=session, pain_after=1, provenance=Provenance.LIVE_TIMED, slot=1),
    )


async def test_progress_shows_n_of_m_with_its_formula_and_the_rows_behind_it(tmp_path: Path) -> None:
    started = replace(squat(sets=1), schedule=replace(squat().schedule, from_on=yesterday(4)))
    facts = (*logged(1), *logged(2), *logged(4))
    async with patient(tmp_path, version(1, started), facts=facts) as world:
        world.model.go("/progress")
        await world.ui.settle()

        assert world.ui.shows("3 of 4")
        assert world.ui.shows("3 done ÷ 4 due = 75%")
        await world.ui.tap("see-sessions")
        assert world.ui.shows("Saturday, November 21: done")
        assert world.ui.shows("Thursday, November 19: not")


async def test_progress_with_nothing_due_shows_no_percentage(tmp_path: Path) -> None:
    later = replace(squat(), schedule=replace(squat().schedule, from_on=TODAY + timedelta(days=3)))
    async with patient(tmp_path, version(1, later)) as world:
        world.model.go("/progress")
        await world.ui.settle()

        assert world.ui.shows(words.nothing_was_due)
        assert not world.ui.shows("%")
        assert world.ui.shows(words.no_pain_yet)


async def test_the_pain_chart_has_a_table_of_the_same_answers(tmp_path: Path) -> None:
    facts = (*logged(1, pain=2), *logged(8, pain=5))
    async with patient(tmp_path, version(1, squat(sets=1)), facts=facts) as world:
        world.model.go("/progress")
        await world.ui.settle()
        assert world.ui.shows("From 5 to 2 in 1 week")

        await world.ui.tap("show-table")

        (table,) = world.ui.all(ft.DataTable)
        assert len(table.rows) == 2
        assert world.ui.shows("5 of 10")


async def test_the_program_lists_every_exercise_and_what_changed_before(tmp_path: Path) -> None:
    newer = replace(version(2, squat(sets=3)), reason="You were ready for more")
    async with patient(tmp_path, version(1, squat()), newer) as world:
        world.model.go("/program")
        await world.ui.settle()

        for sentence in (
            "Version 2",
            "You were ready for more",
            "2 sets of 10 becomes 3 sets of 10",
            "Version 1",
            "Chair squat",
        ):
            assert world.ui.shows(sentence), sentence


async def test_the_text_size_is_kept_over_a_restart(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        world.model.go("/settings")
        await world.ui.settle()
        await world.ui.tap("size-160")
        await world.ui.tap("mode-dark")
    async with patient(tmp_path, version()) as world:
        assert world.model.look.percent == 160
        assert world.ui.page.theme_mode is ft.ThemeMode.DARK
        assert ("theme", "#111615") in world.device.told


async def test_a_broken_setting_falls_back_to_the_plain_look(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.store.set_meta({"look": json.dumps({"percent": 900, "mode": "pink"})})
    async with patient(tmp_path, version()) as world:
        assert (world.model.look.percent, world.model.look.mode) == (100, ft.ThemeMode.SYSTEM)


async def test_a_row_the_clinic_refused_stands_on_the_shelf_with_its_sentence(tmp_path: Path) -> None:
    async with patient(tmp_path, version(), unsent=(a_set(),)) as world:
        (row,) = await world.store.batch(1)
        await world.store.shelve(row.id, "version_unknown", "This exercise is not in your program.")
        await world.model.refresh()
        assert world.model.snapshot.status.shelf
        world.model.go("/settings")
        await world.ui.settle()

        assert world.ui.shows("A set: This exercise is not in your program.")
        await world.ui.tap(f"send-again-{row.id}")
        assert not world.ui.shows("A set: This exercise is not in your program.")


async def test_unsent_entries_can_be_copied(tmp_path: Path) -> None:
    async with patient(tmp_path, version(), unsent=(a_set(),)) as world:
        world.model.go("/settings")
        await world.ui.settle()
        await world.ui.tap("export")

        copied = next(args for name, args in world.ui.connection.calls if name == "set")
        assert "squat-0001" in str(copied)
        assert world.ui.shows(words.exported)


async def test_days_away_are_recorded_with_both_ends(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        world.model.go("/settings")
        await world.ui.settle()
        await world.ui.tap("away-unwell")
        await world.ui.tap("away-days-3")

        (pause,) = await world.stored(Pause)
        assert (pause.from_on, pause.until_on, pause.reason) == (
            TODAY,
            TODAY + timedelta(days=2),
            SkipReason.UNWELL,
        )


async def test_signing_out_warns_with_the_count_and_keeps_what_is_unsent(tmp_path: Path) -> None:
    async with patient(tmp_path, version(), unsent=(a_set(),)) as world:
        world.model.go("/settings")
        await world.ui.settle()
        await world.ui.tap("sign-out")
        assert world.ui.shows(words.sign_out_warning(1))

        await world.ui.tap("sign-out-confirm")

        assert world.ui.shows(words.connect_again)
        assert (await world.store.queue()).unsent == 1
