"""The screen "Reminders" and the cards that lead to it: choices are facts, consent is asked for by a tap alone."""

import json
from contextvars import Context
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.platform.notifying import Notifying, Permission, Tap
from app.strings import words
from hep import codec
from hep.facts import Message, Preference, Provenance, SessionEnd
from hep.reaching import AddressView, MyReminders, NtfyTopic, SentView, Tried
from hep.reminding import SENTENCES
from tests.app.clinic import Clinic, problem, says
from tests.app.device import Device
from tests.app.examples import ZONE, a_set
from tests.app.patient_world import MORNING, TODAY, World, patient, version, yesterday

KEY = "B" * 87


def an_address(**changes: Any) -> AddressView:
    base: dict[str, Any] = {
        "id": "address-1",
        "kind": "webpush",
        "state": "ok",
        "device_name": "Test phone",
        "this_device": True,
        "masked": "",
        "created_at": MORNING,
        "last_ok_at": None,
        "last_failure_at": None,
        "last_failure_code": None,
    }
    return AddressView(**{**base, **changes})


def mine(*addresses: AddressView, recent: tuple[SentView, ...] = (), calendar: str | None = None) -> MyReminders:
    channels = ("webpush", "email", "ntfy")
    return MyReminders(vapid_public_key=KEY, channels=channels, addresses=addresses, recent=recent, calendar=calendar)


def clinic(*answers: MyReminders) -> Clinic:
    """A clinic that answers these in turn, the last one for good."""
    made, left = Clinic(), list(answers or (mine(),))
    made.usual["/v1/me/reminders"] = lambda _: says(200, codec.dump(left.pop(0) if len(left) > 1 else left[0]))
    for path in ("permission", "webpush", "opened"):
        made.usual[f"/v1/me/reminders/{path}"] = lambda _: says(204)
    return made


async def chosen(world: World) -> dict[str, str]:
    return {fact.name: fact.value for fact in await world.stored(Preference)}


async def test_the_person_is_asked_only_after_a_tap_and_after_it_was_said_what_for(tmp_path: Path) -> None:
    link = clinic(mine(), mine(an_address()))
    device = Device(tmp_path, link)
    async with patient(tmp_path, version(), device=device, route="/reminders") as world:
        assert world.ui.shows(words.notify_default)
        assert world.ui.shows(words.notify_default_help)
        assert device.asked_to_notify == 0
        assert "/v1/me/reminders/permission" not in link.paths()

        await world.ui.tap("notify-allow")

        assert device.asked_to_notify == 1
        assert link.bodies("/v1/me/reminders/permission") == [{"state": "granted"}]
        assert link.bodies("/v1/me/reminders/webpush") == [
            {"endpoint": "https://push.example/1", "p256dh": KEY, "auth": "auth"}
        ]
        assert world.ui.shows(words.notify_granted)


async def test_a_phone_that_blocks_notifications_says_how_to_allow_them_and_tells_the_clinic(tmp_path: Path) -> None:
    link = clinic()
    device = Device(tmp_path, link)
    device.answers = Permission.DENIED
    async with patient(tmp_path, version(), device=device, route="/reminders") as world:
        await world.ui.tap("notify-allow")

        assert world.ui.shows(words.notify_denied)
        assert world.ui.shows(words.notify_denied_help)
        assert link.bodies("/v1/me/reminders/permission") == [{"state": "denied"}]
        assert link.bodies("/v1/me/reminders/webpush") == []


async def test_a_consent_taken_back_in_the_browser_is_told_at_the_next_start_once(tmp_path: Path) -> None:
    link = clinic(mine(an_address()))
    device = Device(tmp_path, link)
    device.notifies = Notifying(Permission.GRANTED)
    async with patient(tmp_path, version(), device=device):
        assert link.bodies("/v1/me/reminders/permission") == [{"state": "granted"}]
    device.notifies = Notifying(Permission.DENIED)
    for _ in range(2):
        async with patient(tmp_path, device=device):
            pass
    assert link.bodies("/v1/me/reminders/permission") == [{"state": "granted"}, {"state": "denied"}]


async def test_a_device_without_notifications_says_so_and_offers_what_works(tmp_path: Path) -> None:
    device = Device(tmp_path, clinic())
    device.notifies = Notifying(Permission.UNSUPPORTED)
    async with patient(tmp_path, version(), device=device, route="/reminders") as world:
        assert world.ui.shows(words.notify_unsupported)
        assert not world.ui.has("notify-allow")
        assert world.ui.has("calendar-add")


async def test_where_the_clinic_sends_nothing_nobody_is_asked_for_consent_and_the_screen_says_what_works(
    tmp_path: Path,
) -> None:
    link = clinic(replace(mine(), channels=(), vapid_public_key=None))
    async with patient(tmp_path, version(), device=Device(tmp_path, link), route="/reminders") as world:
        assert world.ui.shows(words.notify_no_channel)
        assert not world.ui.has("notify-allow")
        assert world.ui.shows(words.ways_none)
        assert not world.ui.has("try-now")
        assert world.ui.has("calendar-add")


async def test_choices_are_kept_without_a_network_and_shown_at_once(tmp_path: Path) -> None:
    async with patient(tmp_path, version(), route="/reminders") as world:
        assert world.ui.shows("8:30\u00a0am")
        await world.ui.tap("time-1")
        for _ in range(3):
            await world.ui.tap("first-later")
        await world.ui.tap("time-done")
        assert world.ui.shows("9:15\u00a0am")

        await world.ui.tap("quiet")
        await world.ui.tap("first-earlier")
        await world.ui.tap("second-later")
        await world.ui.tap("time-done")
        await world.ui.fire(world.ui.key("remind-follow-up"), "change", value=False)
        await world.ui.tap("most-1")

        assert await chosen(world) == {
            "remind.times": "09:15",
            "remind.quiet": "20:45-08:15",
            "remind.follow_up": "no",
            "remind.most": "1",
        }
        assert world.ui.shows("8:45\u00a0pm to 8:15\u00a0am")


async def test_a_switch_turned_twice_at_once_ends_as_it_was_left(tmp_path: Path) -> None:
    async with patient(tmp_path, version(), route="/reminders") as world:
        for value in (False, True, False):
            await world.ui.fire(world.ui.key("remind-on"), "change", value=value)
        assert (await chosen(world))["remind.on"] == "no"
        assert world.ui.shows(words.reminders_off)
        assert not world.ui.has("time-1")


async def test_a_time_in_the_quiet_hours_is_said_to_be_silent(tmp_path: Path) -> None:
    async with patient(tmp_path, version(), route="/reminders") as world:
        await world.ui.tap("time-1")
        for _ in range(3):
            await world.ui.tap("first-earlier")
        await world.ui.tap("time-done")
        assert world.ui.shows(words.is_quiet)


async def test_what_happened_lately_is_shown_as_it_is(tmp_path: Path) -> None:
    def sent(state: str, hours: int) -> SentView:
        at = MORNING - timedelta(hours=hours)
        return SentView(at=at, kind="webpush", purpose="session", state=state, code=None, sent_at=at, opened_at=None)

    link = clinic(mine(an_address(), recent=(sent("opened", 1), sent("dead", 25), sent("sent", 49))))
    async with patient(tmp_path, version(), device=Device(tmp_path, link), route="/reminders") as world:
        assert world.ui.shows("Today, 9\u00a0am · This phone")
        assert world.ui.shows("Yesterday, 9\u00a0am")
        assert world.ui.shows("Friday, 9\u00a0am")
        assert world.ui.shows(words.recent_states["opened"])
        assert world.ui.shows(words.recent_states["dead"])


async def test_one_can_be_asked_for_now_and_its_end_is_said(tmp_path: Path) -> None:
    link = clinic(mine(an_address()))
    tried = Tried(address_id="address-1", kind="webpush", this_device=True, result="gone", code="push_gone")
    link.usual["/v1/me/reminders/test"] = lambda _: says(200, codec.dump({"tried": (tried,)}))
    async with patient(tmp_path, version(), device=Device(tmp_path, link), route="/reminders") as world:
        await world.ui.tap("try-now")
        assert world.ui.shows(words.tried["gone"])
        link.usual["/v1/me/reminders/test"] = lambda _: says(200, {"tried": []})
        await world.ui.tap("try-now")
        assert world.ui.shows(words.tried_nothing)


async def test_what_the_clinic_refuses_is_said_in_its_words(tmp_path: Path) -> None:
    link = clinic()
    link.usual["/v1/me/reminders/email"] = lambda _: problem(422, "email_invalid", "Write an email address.")
    async with patient(tmp_path, version(), device=Device(tmp_path, link), route="/reminders") as world:
        await world.ui.type("email-address", "nobody")
        await world.ui.tap("email-address-send")
        assert world.ui.shows("Write an email address.")


async def test_the_ntfy_address_is_shown_once_and_the_calendars_can_be_ended(tmp_path: Path) -> None:
    link = clinic(mine(), mine(calendar="/v1/calendar/secret.ics"), mine(calendar="/v1/calendar/secret.ics"), mine())
    topic = NtfyTopic(id="address-2", server="https://ntfy.example", topic="t", address="https://ntfy.example/t")
    link.usual["/v1/me/reminders/ntfy"] = lambda _: says(200, codec.dump(topic))
    link.usual["/v1/me/reminders/calendar"] = lambda _: says(204)
    async with patient(tmp_path, version(), device=Device(tmp_path, link), route="/reminders") as world:
        await world.ui.tap("calendar-add")
        assert world.ui.shows("http://127.0.0.1:8000/v1/calendar/secret.ics")
        await world.ui.tap("ntfy-add")
        assert world.ui.shows("https://ntfy.example/t")
        await world.ui.tap("calendar-end")
        assert world.ui.has("calendar-add")


async def test_a_tap_on_a_notification_opens_its_screen_and_the_clinic_hears_of_it(tmp_path: Path) -> None:
    link = clinic()
    device = Device(tmp_path, link)
    async with patient(tmp_path, version(), device=device) as world:
        Context().run(device.taps[0], Tap("reminder-1", "/program"))
        await world.ui.settle()
        assert world.model.route == "/program"
        assert link.bodies("/v1/me/reminders/opened") == [{"id": "reminder-1"}]


async def test_an_app_opened_by_a_tap_without_a_network_tells_the_clinic_later(tmp_path: Path) -> None:
    device = Device(tmp_path)
    device.fragment = "r=reminder-1"
    async with patient(tmp_path, version(), device=device) as world:
        assert world.ui.has("start")
    device.fragment, device.link = "", clinic()
    async with patient(tmp_path, device=device):
        assert device.link.bodies("/v1/me/reminders/opened") == [{"id": "reminder-1"}]


async def test_a_device_that_can_remind_by_itself_is_given_each_new_plan(
    tmp_path: Path,
) -> None:
    device = Device(tmp_path)
    device.schedules = True
    since = version(effective_on=yesterday(10), published_at=MORNING - timedelta(days=10))
    async with patient(tmp_path, since, facts=(a_set(1, on=yesterday(), planned=None),), device=device) as world:
        await world.let_pass(seconds=3)
        assert {each.sentence for each in device.planned} <= set(SENTENCES["en"].values())
        assert [each.at for each in device.planned] == sorted(each.at for each in device.planned)
        first = device.planned[0]
        assert (first.id, first.at) == ("2026-11-22-1-follow_up", MORNING + timedelta(minutes=30))

        world.model.choose(lambda before: replace(before, on=False))
        await world.ui.settle()
        await world.let_pass(seconds=3)
        assert device.planned == []


async def test_a_hint_comes_once_after_the_first_finished_session(tmp_path: Path) -> None:
    done = a_set(1)
    ended = SessionEnd(
        at=MORNING, zone=ZONE, on=TODAY, session_id=done.session_id, pain_after=1, provenance=Provenance.SAME_DAY
    )
    async with patient(tmp_path, version()) as world:
        assert not world.ui.has("hint-look")
    async with patient(tmp_path, facts=(done, ended)) as world:
        await world.ui.tap("hint-look")
        assert world.model.route == "/reminders"
        world.model.go("/")
        await world.ui.settle()
        assert not world.ui.has("hint-look")


async def test_after_four_days_without_an_entry_one_question_is_asked_once(tmp_path: Path) -> None:
    old = a_set(1, on=yesterday(6), planned=f"squat-0001|{yesterday(6).isoformat()}|1")
    since = version(effective_on=yesterday(10), published_at=MORNING - timedelta(days=10))
    async with patient(tmp_path, since, facts=(old,)) as world:
        assert world.ui.shows(words.barrier_title)

        await world.ui.tap("why-no_time")

        (message,) = await world.stored(Message)
        assert message.text == "Nothing logged for 5 days. What got in the way: no time."
        assert not world.ui.shows(words.barrier_title)


async def test_settings_that_came_from_a_newer_app_do_no_harm(tmp_path: Path) -> None:
    odd = [
        Preference(at=MORNING, zone=ZONE, on=TODAY, name=name, value=json.dumps([name]))
        for name in ("remind.times", "remind.quiet", "remind.most", "remind.on")
    ]
    async with patient(tmp_path, version(), facts=tuple(odd), route="/reminders") as world:
        assert world.ui.shows("8:30\u00a0am")
        assert world.ui.shows("9\u00a0pm to 8\u00a0am")
