"""Daily sums follow the facts, however late, corrected or withdrawn, and a tampered one is found."""

import json
from datetime import date, timedelta
from random import Random
from typing import Any

from hep.facts import Pause, SkipReason
from server.database import reading, writing
from server.rebuild import rebuild
from server.tables.care import DayRollup, Fact, PatientSummary
from tests.server.care import Care
from tests.server.world import World


def sums(care: Care, on: date) -> DayRollup:
    """The sums of a date, once the server has settled what pushes left."""
    care.settle()
    with reading(care.world.engine) as session:
        return session.get_one(DayRollup, (care.patient_id, on))


def clean(care: Care) -> bool:
    return rebuild(care.world.engine, care.world.now, check=True) == ()


def test_a_day_holds_the_sums_of_its_facts(world: World) -> None:
    care = Care.begin(world)
    on = care.today
    rows = [care.row(care.set_log(1, pain=2)), care.row(care.set_log(2, pain=5)), care.session(after=4)[-1]]
    care.push(*rows, care.morning(on, 3))
    day = sums(care, on)
    assert (day.due, day.done, day.partial, day.skipped) == (1, 1, 0, 0)
    assert (day.sets, day.pain_sum, day.pain_n, day.pain_max) == (2, 7, 2, 5)
    assert (day.sessions, day.live_timed, day.after_max, day.morning) == (1, 1, 4, 3)


def test_sending_again_counts_nothing_twice(world: World) -> None:
    care = Care.begin(world)
    rows = care.session()
    care.push(*rows)
    care.push(*rows)
    assert sums(care, care.today).sets == 2


def test_a_correction_moves_a_set_to_another_day(world: World) -> None:
    care = Care.begin(world)
    care.later(days=2)
    today, yesterday = care.today, care.today - timedelta(days=1)
    row = care.row(care.set_log(1, today))
    care.push(row)
    care.push(care.correction(row["id"], care.set_log(1, yesterday)))
    assert (sums(care, today).sets, sums(care, today).done) == (0, 0)
    assert (sums(care, yesterday).sets, sums(care, yesterday).done) == (1, 1)
    assert clean(care)


def test_a_correction_of_a_correction_counts_last(world: World) -> None:
    care = Care.begin(world)
    row = care.row(care.set_log(1, pain=2))
    first = care.correction(row["id"], care.set_log(1, pain=4))
    second = care.correction(first["id"], care.set_log(1, pain=6))
    care.push(row, first)
    care.push(second)
    assert (sums(care, care.today).pain_sum, sums(care, care.today).sets) == (6, 1)
    (done,) = care.detail()["sessions"][0]["exercises"]
    assert [(one["pain"], one["corrected"]) for one in done["sets"]] == [(6, True)]
    assert clean(care)


def test_a_withdrawn_set_counts_no_more_whatever_corrects_it(world: World) -> None:
    care = Care.begin(world)
    row = care.row(care.set_log(1))
    care.push(row)
    care.later(days=1)
    care.push(care.retraction(row["id"]))
    care.push(care.correction(row["id"], care.set_log(1, care.today - timedelta(days=1), reps=9)))
    day = sums(care, care.today - timedelta(days=1))
    assert (day.sets, day.done) == (0, 0)
    assert clean(care)


def test_a_correction_may_come_before_its_row(world: World) -> None:
    care = Care.begin(world)
    row = care.row(care.set_log(1, pain=2))
    assert care.statuses(care.correction(row["id"], care.set_log(1, pain=4))) == ["accepted"]
    care.push(row)
    assert sums(care, care.today).pain_sum == 4
    assert clean(care)


def test_a_correction_that_came_first_moves_its_set_to_another_day(world: World) -> None:
    care = Care.begin(world)
    care.later(days=2)
    today, yesterday = care.today, care.today - timedelta(days=1)
    row = care.row(care.set_log(1, today))
    care.push(care.correction(row["id"], care.set_log(1, yesterday)))
    assert sums(care, yesterday).sets == 0
    care.push(row)
    assert (sums(care, today).sets, sums(care, yesterday).sets) == (0, 1)
    assert clean(care)


def test_a_pause_entered_later_takes_what_was_due_away(world: World) -> None:
    care = Care.begin(world)
    care.later(days=3)
    care.line()
    first = care.today - timedelta(days=2)
    assert sums(care, first).due == 1
    pause = Pause(**care.base(), from_on=first, until_on=care.today, reason=SkipReason.UNWELL)
    care.push(care.row(pause))
    assert sums(care, first).due == 0
    assert clean(care)


def test_a_skip_with_a_reason_is_its_own_sum(world: World) -> None:
    care = Care.begin(world)
    care.push(care.skip(SkipReason.UNWELL))
    day = sums(care, care.today)
    assert (day.due, day.done, day.skipped) == (1, 0, 1)


def test_after_anything_in_any_order_the_sums_agree_with_the_facts(world: World) -> None:
    care = Care.begin(world)
    random = Random(7)
    care.later(days=12)
    sent: list[dict[str, Any]] = []
    for _ in range(12):
        on = care.today - timedelta(days=random.randrange(12))
        rows = list(care.session(on, sets=random.randint(1, 3), pain=random.randrange(9)))
        if random.random() < 0.5:
            rows.append(care.morning(on, random.randrange(6)))
        if random.random() < 0.3:
            rows.append(care.skip(random.choice(list(SkipReason)), on))
        if sent and random.random() < 0.5:
            target = random.choice([row for row in sent if row["kind"] == "set_log"])
            rows.append(care.correction(target["id"], care.set_log(1, on, pain=random.randrange(9))))
        if sent and random.random() < 0.3:
            rows.append(care.retraction(random.choice(sent)["id"]))
        random.shuffle(rows)
        sent += rows
        assert set(care.statuses(*rows)) == {"accepted"}
        if random.random() < 0.2:
            care.publish(reason="Another version", effective_on=care.today - timedelta(days=random.randrange(5)))
            care.pull_all(care.cursor)
    assert clean(care)


def test_a_tampered_sum_and_a_tampered_line_are_found_and_put_right(world: World) -> None:
    care = Care.begin(world)
    care.push(*care.session())
    care.settle()
    with writing(world.engine) as session:
        day = session.get_one(DayRollup, (care.patient_id, care.today))
        day.sets += 1
        line = session.get_one(PatientSummary, care.patient_id)
        line.row = line.row.replace('"on_track"', '"stop_rule"')
        session.add_all((day, line))
    found = {(one.patient_id, one.what) for one in rebuild(world.engine, world.now, check=True)}
    assert {(care.patient_id, f"{care.today} sets"), (care.patient_id, "why")} <= found
    assert {(one.patient_id, one.what) for one in rebuild(world.engine, world.now)} == found
    assert clean(care)
    assert sums(care, care.today).sets == 2


def test_an_entry_that_was_altered_in_the_database_is_named_and_stays_named(world: World) -> None:
    care = Care.begin(world)
    rows = care.session()
    care.push(*rows)
    care.settle()
    with writing(world.engine) as session:
        fact = session.get_one(Fact, (care.patient_id, rows[0]["id"]))
        fact.body = json.dumps(json.loads(fact.body) | {"pain": 9}, sort_keys=True, separators=(",", ":"))
    for check in (True, False):
        found = rebuild(world.engine, world.now, check=check)
        assert [one.what for one in found if not one.mendable] == [f"entry {rows[0]['id']}"]
    assert [one for one in rebuild(world.engine, world.now, check=True) if one.mendable] == []


def test_a_missing_day_is_found(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    care.push(*care.session())
    care.settle()
    with writing(sqlite_world.engine) as session:
        session.delete(session.get_one(DayRollup, (care.patient_id, care.today)))
    assert not clean(care)
