from datetime import timedelta

from sqlalchemy import update

from hep.reaching import ReachView
from server.database import reading, writing
from server.reminders import truth
from server.reminders.forgetting import forget
from server.reminders.port import Outcome
from server.tables.reminding import ReminderAddress
from tests.server.care import Care
from tests.server.reminders.post import Noted, Reminded
from tests.server.world import World


def _reach(reminded: Reminded) -> ReachView:
    with reading(reminded.world.engine) as session:
        return truth.reach(session, reminded.care.patient_id)


def _flags(care: Care) -> list[tuple[str, str]]:
    return [(flag["text"], flag["detail"]) for flag in care.detail()["flags"] if flag["kind"] == "lapsed"]


def test_who_was_reached_and_opened_a_message_is_known_as_that(world: World) -> None:
    reminded = Reminded.begin(world)
    assert (_reach(reminded).last_sent_at, _reach(reminded).planned) == (None, True)
    reminded.tick(reminded.at(12))
    (message,) = reminded.outbox()
    assert _reach(reminded).last_sent_at == message.sent_at
    assert _reach(reminded).unreached_since is None
    other = Care.begin(world, beside=reminded.care)
    with writing(world.engine) as session:
        assert not truth.opened(session, other.patient_id, message.id, world.now)
        assert truth.opened(session, reminded.care.patient_id, message.id, world.now)
        assert truth.opened(session, reminded.care.patient_id, message.id, world.now + timedelta(minutes=5))
    assert _reach(reminded).last_opened_at == world.now
    assert reminded.states() == [("opened", None)]


def test_who_was_never_reached_is_seen_with_the_first_message_that_nobody_took(world: World) -> None:
    reminded = Reminded.begin(world, channel=Noted(lambda _: Outcome.refused("not_taken")))
    first = reminded.at(12)
    reminded.tick()
    reminded.tick(reminded.at(12, days=1))
    assert _reach(reminded).last_sent_at is None
    assert _reach(reminded).unreached_since == first
    with reading(world.engine) as session:
        (sent, *_) = truth.recent(session, reminded.care.patient_id)
    assert (sent.state, sent.code, sent.sent_at) == ("dead", "not_taken", None)
    reminded.channel.answer = lambda _: Outcome.sent()
    reminded.tick(reminded.at(12, days=1))
    assert _reach(reminded).unreached_since is None


def test_a_reminder_for_which_there_was_no_way_is_one_that_did_not_reach(sqlite_world: World) -> None:
    reminded = Reminded.begin(sqlite_world)
    due_at = reminded.at(12)
    with writing(sqlite_world.engine) as session:
        session.execute(update(ReminderAddress).values(state="blocked"))
    reminded.tick()
    assert [row.code for row in reminded.reminders() if row.state == "dropped"] == ["no_address"]
    assert _reach(reminded).unreached_since == due_at


def test_a_week_without_an_entry_tells_the_therapist_and_whether_anybody_was_reminded(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    care.push(*care.session(), care.acknowledgement())
    care.later(days=7, hours=-1)
    assert _flags(care) == []
    care.later(days=1)
    assert care.line()["why_detail"] == "Since Nov 23. No reminder reached them"
    assert _flags(care) == [("7 days without an entry", "Since Nov 23. No reminder reached them")]
    care.later(days=1)
    care.line()
    assert _flags(care) == [("8 days without an entry", "Since Nov 23. No reminder reached them")]


def test_a_lapse_that_was_looked_into_is_not_raised_again_at_once(sqlite_world: World) -> None:
    reminded = Reminded.begin(sqlite_world)
    care = reminded.care
    reminded.tick(reminded.at(12))
    reminded.tick(reminded.at(12, days=1))
    care.later(days=8)
    care.line()
    assert _flags(care)[0][1].endswith("Reminders went out")
    flag = next(flag for flag in care.detail()["flags"] if flag["kind"] == "lapsed")
    path = f"/v1/patients/{care.patient_id}/flags/{flag['id']}/clear"
    assert care.therapist.post(path, json={"note": "Called, on a journey"}).status_code < 300
    care.later(days=2)
    care.line()
    assert len(_flags(care)) == 1


def test_what_is_long_over_is_forgotten_but_not_when_somebody_was_last_reached(world: World) -> None:
    reminded = Reminded.begin(world)
    reminded.tick(reminded.at(12))
    sent_at = reminded.outbox()[0].sent_at
    assert forget(world.engine, world.later(days=59)) == 0
    assert forget(world.engine, world.later(days=10)) == 1
    assert (reminded.outbox(), reminded.reminders()) == ([], [])
    assert _reach(reminded).last_sent_at == sent_at
