"""The routes of reminders: a patient's ways to be reached, the calendar, and the clinic's channels for its admin."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from icalendar import Calendar
from sqlalchemy import text
from sqlmodel import col, select

from hep.access import Role
from server import settling
from server.database import reading, writing
from server.reminders import clinics
from server.reminders.outlets import open_outlets
from server.reminders.port import Outcome
from server.sealing import Sealer
from server.security import Keys
from server.tables.reminding import ClinicChannel, Outbox, ReminderAddress
from tests.databases import copy_of_sqlite
from tests.server.care import Care
from tests.server.matrix import CHANNELS
from tests.server.outside import Browser, mail_sink, provider
from tests.server.world import Signed, World

ME = "/v1/me/reminders"


@pytest.fixture(scope="module")
def shared_world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("reminders")
    with World(copy_of_sqlite(sqlite_template, folder), folder) as world:
        yield world


@pytest.fixture(scope="module")
def hillside(shared_world: World) -> Care:
    """A patient of a clinic that has all channels, with a program."""
    care = Care.begin(shared_world)
    set_up(shared_world, care.clinic_id)
    return care


@pytest.fixture
def care(hillside: Care) -> Care:
    """Another patient of it, without a program."""
    outside = hillside.world.outside
    for kept in (outside.answers, outside.sent, outside.letters):
        kept.clear()
    return Care.begin(hillside.world, publish=False, beside=hillside)


@pytest.fixture
def prescribed(hillside: Care) -> Care:
    """The patient with a program, whatever the hour."""
    hillside.later(seconds=1)
    return hillside


@pytest.fixture
def own(shared_world: World) -> Care:
    """A patient of a clinic of their own, whose channels a test may change."""
    shared_world.outside.answers.clear()
    care = Care.begin(shared_world, publish=False)
    set_up(shared_world, care.clinic_id)
    return care


def set_up(world: World, clinic_id: str, **changes: Any) -> Signed:
    """The clinic's admin, who set all channels up."""
    admin = world.therapist(clinic_id, Role.ADMIN)
    for (method, path), body in CHANNELS.items():
        if method == "PUT":
            change = changes.get(path.rsplit("/", 1)[1], {})
            reply = admin.request(method, path, json=body | change)
            assert reply.status_code == 200, reply.text
    return admin


def mine(signed: Signed) -> dict[str, Any]:
    reply = signed.get(ME)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def put(signed: Signed, what: str, **body: Any) -> dict[str, Any]:
    reply = signed.request("PUT", f"{ME}/{what}", json=body)
    return {"status": reply.status_code, **reply.json()}


def reach(care: Care) -> dict[str, Any]:
    return dict(care.therapist.get(f"/v1/patients/{care.patient_id}").json()["reach"])


def browser(name: str = "x") -> Browser:
    return Browser(f"https://fcm.googleapis.com/fcm/send/{name}")


def code_in(world: World) -> str:
    """The code of the last mail."""
    _, _, letter = world.outside.letters[-1]
    found = re.match(r"\d{6}", letter.text)
    assert found is not None
    return found[0]


def test_a_patient_sees_the_ways_that_the_clinic_and_the_server_offer(care: Care) -> None:
    found = mine(care.phone)
    assert found["channels"] == ["webpush", "email", "ntfy"]
    assert found["vapid_public_key"] == care.world.app.state.outlets.vapid.public
    assert (found["addresses"], found["recent"], found["calendar"]) == ([], [], None)
    nothing = Care.begin(care.world, publish=False)
    assert mine(nothing.phone)["channels"] == ["webpush"]
    assert nothing.phone.post(f"{ME}/ntfy").json()["code"] == "channel_off"
    assert nothing.phone.post(f"{ME}/email", {"address": "a@example.org"}).json()["code"] == "channel_off"


def test_a_phone_has_one_subscription_however_often_it_tells_of_it(care: Care) -> None:
    for name in ("one", "one", "two"):
        assert put(care.phone, "webpush", **browser(name).subscription)["status"] == 200
    (kept,) = mine(care.phone)["addresses"]
    assert (kept["kind"], kept["state"], kept["this_device"], kept["masked"]) == ("webpush", "ok", True, "")
    second = care.world.phone(care.therapist, care.patient_id)
    put(second, "webpush", **browser("three").subscription)
    assert sorted(each["this_device"] for each in mine(second)["addresses"]) == [False, True]
    care.therapist.post(f"/v1/patients/{care.patient_id}/devices/{second.device_id}/revoke")
    assert [each["this_device"] for each in mine(care.phone)["addresses"]] == [True]


def test_a_browser_that_somebody_else_uses_now_reminds_nobody_else(care: Care) -> None:
    shared = browser("handed-over").subscription
    put(care.phone, "webpush", **shared)
    other = Care.begin(care.world, publish=False)
    put(other.phone, "webpush", **shared)
    assert mine(care.phone)["addresses"] == []
    assert [each["state"] for each in mine(other.phone)["addresses"]] == ["ok"]


def test_an_endpoint_anywhere_else_is_refused_and_not_kept(care: Care) -> None:
    for endpoint in ("https://push.evil.example/x", "https://10.0.0.1/x", "http://fcm.googleapis.com/x"):
        refused = put(care.phone, "webpush", **(browser().subscription | {"endpoint": endpoint}))
        assert (refused["status"], refused["code"]) == (422, "push_refused")
    assert mine(care.phone)["addresses"] == []


def test_a_phone_that_blocks_notifications_is_seen_as_it_is_by_patient_and_therapist(care: Care) -> None:
    put(care.phone, "webpush", **browser("blocked").subscription)
    assert reach(care)["addresses"][0]["state"] == "ok"
    put(care.phone, "permission", state="denied")
    for (seen,) in (mine(care.phone)["addresses"], reach(care)["addresses"]):
        assert (seen["state"], seen["last_failure_code"], seen["device_name"]) == (
            "blocked",
            "permission_denied",
            "Phone",
        )
    put(care.phone, "permission", state="granted")
    assert mine(care.phone)["addresses"] == []
    put(care.phone, "webpush", **browser("blocked").subscription)
    put(care.phone, "permission", state="granted")
    assert [each["state"] for each in mine(care.phone)["addresses"]] == ["ok"]
    put(care.phone, "permission", state="default")
    assert mine(care.phone)["addresses"] == []
    assert put(care.phone, "permission", state="perhaps")["status"] == 422


def test_an_email_address_is_used_once_its_code_came_back(care: Care) -> None:
    assert care.phone.post(f"{ME}/email", {"address": " Ana@Example.org "}).status_code == 200
    (server, to, letter) = care.world.outside.letters[-1]
    assert (server.host, to, letter.subject) == ("mail.example.org", "Ana@Example.org", "Your code")
    (waiting,) = mine(care.phone)["addresses"]
    assert (waiting["state"], waiting["masked"]) == ("unconfirmed", "A…@Example.org")
    code = code_in(care.world)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert care.phone.post(f"{ME}/email/confirm", {"code": wrong}).json()["code"] == "code_invalid"
    assert care.phone.post(f"{ME}/email/confirm", {"code": f" {code[:3]} {code[3:]}"}).status_code == 200
    assert care.phone.post(f"{ME}/email/confirm", {"code": code}).json()["code"] == "code_invalid"
    (kept,) = mine(care.phone)["addresses"]
    assert (kept["state"], kept["id"]) == ("ok", waiting["id"])
    seen = reach(care)["addresses"][0]
    assert (seen["masked"], seen["kind"]) == ("", "email")


def test_a_new_email_address_takes_the_place_of_the_old_one_only_when_it_is_confirmed(care: Care) -> None:
    for address in ("old@example.org", "new@example.org"):
        care.phone.post(f"{ME}/email", {"address": address})
        before = {each["masked"]: each["state"] for each in mine(care.phone)["addresses"]}
        care.phone.post(f"{ME}/email/confirm", {"code": code_in(care.world)})
    assert before == {"o…@example.org": "ok", "n…@example.org": "unconfirmed"}
    assert [each["masked"] for each in mine(care.phone)["addresses"]] == ["n…@example.org"]


def test_a_code_ends_after_five_tries_and_after_half_an_hour(care: Care) -> None:
    care.phone.post(f"{ME}/email", {"address": "ana@example.org"})
    code = code_in(care.world)
    for n in range(5):
        care.phone.post(f"{ME}/email/confirm", {"code": f"{(int(code) + 1 + n) % 1_000_000:06d}"})
    assert care.phone.post(f"{ME}/email/confirm", {"code": code}).status_code == 410
    care.phone.post(f"{ME}/email", {"address": "ana@example.org"})
    code = code_in(care.world)
    care.later(minutes=30)
    assert care.phone.post(f"{ME}/email/confirm", {"code": code}).status_code == 410


def test_codes_are_mailed_a_few_times_only_to_anybody_and_by_anybody(care: Care) -> None:
    asked = [care.phone.post(f"{ME}/email", {"address": f"a{n}@example.org"}) for n in range(4)]
    assert [reply.status_code for reply in asked] == [200, 200, 200, 429]
    assert int(asked[-1].headers["Retry-After"]) > 0
    many = [Care.begin(care.world, publish=False, beside=care) for _ in range(3)]
    statuses = [each.phone.post(f"{ME}/email", {"address": "a0@example.org"}).status_code for each in many]
    assert statuses == [200, 200, 429]


def test_a_code_that_could_not_be_mailed_leaves_nothing_behind(care: Care) -> None:
    care.world.outside.answers.append(Outcome.later("mail_timed_out"))
    refused = care.phone.post(f"{ME}/email", {"address": "ana@example.org"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_handed_over")
    assert mine(care.phone)["addresses"] == []


def test_a_topic_is_shown_once_and_a_new_one_ends_the_old(care: Care) -> None:
    first, second = (care.phone.post(f"{ME}/ntfy").json() for _ in range(2))
    assert second["address"] == f"https://ntfy.example.org/{second['topic']}"
    assert first["topic"] != second["topic"]
    (kept,) = mine(care.phone)["addresses"]
    assert (kept["id"], kept["masked"]) == (second["id"], f"https://ntfy.example.org/{second['topic'][:3]}…")


def test_nobody_removes_anybody_elses_address(care: Care) -> None:
    kept = care.phone.post(f"{ME}/ntfy").json()["id"]
    neighbor = Care.begin(care.world, publish=False, beside=care)
    stranger = Care.begin(care.world, publish=False)
    for other in (neighbor, stranger):
        assert other.phone.request("DELETE", f"{ME}/addresses/{kept}").status_code == 404
    assert care.phone.request("DELETE", f"{ME}/addresses/{kept}").status_code == 200
    assert mine(care.phone)["addresses"] == []


def test_one_on_trial_goes_to_every_way_in_use_and_each_answer_is_told(care: Care) -> None:
    put(care.phone, "webpush", **browser("trial").subscription)
    care.phone.post(f"{ME}/ntfy")
    care.world.outside.answers += [Outcome.gone("push_410")]
    tried = care.phone.post(f"{ME}/test").json()["tried"]
    assert sorted((each["kind"], each["result"], each["this_device"]) for each in tried) in (
        [("ntfy", "sent", True), ("webpush", "gone", True)],
        [("ntfy", "gone", True), ("webpush", "sent", True)],
    )
    states = {each["kind"]: each["state"] for each in mine(care.phone)["addresses"]}
    assert states == {each["kind"]: "ok" if each["result"] == "sent" else "gone" for each in tried}
    recent = mine(care.phone)["recent"]
    assert sorted(each["state"] for each in recent) == ["dead", "sent"]
    assert {each["purpose"] for each in recent} == {"test"}
    assert {message.sentence for _, message in care.world.outside.sent} == {"test"}
    assert [care.phone.post(f"{ME}/test").status_code for _ in range(5)] == [200] * 4 + [429]


def test_a_trial_that_is_wanted_later_waits_in_the_outbox_for_the_tick(care: Care) -> None:
    put(care.phone, "webpush", **browser("later").subscription)
    care.world.outside.answers.append(Outcome.later("push_503"))
    (tried,) = care.phone.post(f"{ME}/test").json()["tried"]
    assert (tried["result"], tried["code"]) == ("later", "push_503")
    with reading(care.world.engine) as session:
        (row,) = session.exec(select(Outbox).where(Outbox.patient_id == care.patient_id)).all()
    assert (row.state, row.owner, row.tries) == ("waiting", None, 1)
    assert row.not_before > care.world.now


def test_what_was_opened_is_told_by_its_owner_alone(care: Care) -> None:
    put(care.phone, "webpush", **browser("opened").subscription)
    care.phone.post(f"{ME}/test")
    _, message = care.world.outside.sent[-1]
    other = Care.begin(care.world, publish=False, beside=care)
    assert other.phone.post(f"{ME}/opened", {"id": message.id}).status_code == 404
    assert reach(care)["last_opened_at"] is None
    assert care.phone.post(f"{ME}/opened", {"id": message.id}).status_code == 200
    assert reach(care)["last_opened_at"] is not None
    assert mine(care.phone)["recent"][0]["state"] == "opened"


def entries(reply: Any) -> list[Any]:
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"].startswith("text/calendar")
    return list(Calendar.from_ical(reply.content).events)


def test_the_calendar_shows_four_weeks_of_sessions_to_whoever_knows_its_address_until_it_ends(prescribed: Care) -> None:
    care = prescribed
    address = care.phone.post(f"{ME}/calendar").json()["calendar"]
    assert address == mine(care.phone)["calendar"]
    path = address.removeprefix("http://127.0.0.1:8000")
    found = entries(care.world.client.get(path))
    assert len(found) == 28
    assert {str(entry["SUMMARY"]) for entry in found} == {"Time for your session"}
    assert [entry["UID"] for entry in entries(care.phone.get(f"{ME}/calendar"))] == [entry["UID"] for entry in found]
    care.push(*care.session())
    assert len(entries(care.world.client.get(path))) == 27
    again = care.phone.post(f"{ME}/calendar").json()["calendar"].removeprefix("http://127.0.0.1:8000")
    assert care.world.client.get(path).status_code == 404
    assert len(entries(care.world.client.get(again))) == 27
    assert care.phone.request("DELETE", f"{ME}/calendar").status_code == 200
    assert (care.world.client.get(again).status_code, mine(care.phone)["calendar"]) == (404, None)


def test_a_calendar_ends_with_the_phone_that_began_it_and_its_address_is_in_no_log(
    care: Care, caplog: pytest.LogCaptureFixture
) -> None:
    address = care.phone.post(f"{ME}/calendar").json()["calendar"]
    secret = address.rsplit("/", 1)[1].removesuffix(".ics")
    with caplog.at_level("INFO", logger="stepwise"):
        assert care.world.client.get(f"/v1/calendar/{secret}.ics").status_code == 200
        assert care.world.client.get(f"/v1/calendar/{'x' * 43}.ics").status_code == 404
        care.therapist.post(f"/v1/patients/{care.patient_id}/devices/{care.phone.device_id}/revoke")
        assert care.world.client.get(f"/v1/calendar/{secret}.ics").status_code == 404
    assert "GET /v1/calendar/{secret}.ics 200" in caplog.text
    assert secret not in caplog.text
    with reading(care.world.engine) as session:
        stored = session.connection().execute(text("SELECT * FROM reminder_address")).all()
    assert secret not in str(stored)


def test_an_admin_sets_channels_up_and_no_password_comes_back_or_lies_open(prescribed: Care) -> None:
    care = prescribed
    admin = set_up(care.world, care.clinic_id)
    shown = admin.get("/v1/clinic/channels")
    assert shown.json()["email"] == {
        "enabled": True,
        "host": "mail.example.org",
        "port": 587,
        "security": "starttls",
        "username": "clinic",
        "sender": "reminders@example.org",
        "secret": True,
        "readable": True,
    }
    with reading(care.world.engine) as session:
        stored = str(session.connection().execute(text("SELECT * FROM clinic_channel")).all())
    for secret in ("a word of the clinic", "tk_1234"):
        assert secret not in shown.text + stored
    other = care.world.therapist(care.world.clinic(), Role.ADMIN)
    assert (other.get("/v1/clinic/channels").json()["email"], other.get("/v1/clinic/channels").json()["ntfy"]) == (
        None,
        None,
    )


def test_a_kept_password_goes_to_the_server_it_was_entered_for_and_to_no_other(own: Care) -> None:
    admin = set_up(own.world, own.clinic_id)
    path = "/v1/clinic/channels/email"
    kept = CHANNELS["PUT", path] | {"password": None}
    assert admin.request("PUT", path, json=kept | {"sender": "other@example.org"}).status_code == 200
    for change in ({"host": "mine.example.net"}, {"port": 2525}, {"security": "tls"}, {"username": "somebody"}):
        refused = admin.request("PUT", path, json=kept | change)
        assert (refused.status_code, refused.json()["code"]) == (422, "secret_needed")
    ntfy = {"enabled": True, "url": "https://mine.example.net", "token": None}
    assert admin.request("PUT", "/v1/clinic/channels/ntfy", json=ntfy).json()["code"] == "secret_needed"
    with reading(own.world.engine) as session:
        told = clinics.mail_server(session, own.world.app.state.outlets.sealer, own.clinic_id)
    assert told is not None
    assert (told.host, told.password, told.sender) == ("mail.example.org", "a word of the clinic", "other@example.org")


def test_what_is_sealed_opens_for_its_own_clinic_and_its_own_key_alone(own: Care) -> None:
    set_up(own.world, own.clinic_id)
    elsewhere = own.world.clinic()
    with writing(own.world.engine) as session:
        row = session.get_one(ClinicChannel, (own.clinic_id, "email"))
        moved = {"clinic_id": elsewhere, "kind": "email", "settings": row.settings, "changed_at": row.changed_at}
        session.add(ClinicChannel(**moved))
    with reading(own.world.engine) as session:
        sealer = own.world.app.state.outlets.sealer
        assert clinics.mail_server(session, sealer, elsewhere) is None
        strange = Sealer(Keys(b"the key of another server, long enough"))
        assert clinics.mail_server(session, strange, own.clinic_id) is None
        seen = clinics.mail_view(session, strange, own.clinic_id)
    assert seen is not None
    assert (seen.secret, seen.readable) == (True, False)


INSIDE: list[tuple[str, dict[str, Any], str]] = [
    ("email", {"host": "localhost"}, "address_barred"),
    ("email", {"host": "10.0.0.5"}, "address_barred"),
    ("email", {"host": "mail.example.org/x"}, "address_barred"),
    ("email", {"port": 22}, "address_barred"),
    ("email", {"security": "none"}, "address_barred"),
    ("email", {"security": "perhaps"}, "channel_invalid"),
    ("email", {"sender": "Hillside <a@example.org>"}, "email_invalid"),
    ("ntfy", {"url": "http://ntfy.example.org"}, "address_barred"),
    ("ntfy", {"url": "https://10.0.0.5"}, "address_barred"),
    ("ntfy", {"url": "https://ntfy.example.org/?auth=x"}, "address_barred"),
    ("ntfy", {"url": "file:///etc/passwd"}, "address_barred"),
]


def test_a_server_within_the_house_or_without_encryption_is_not_set_up(shared_world: World) -> None:
    admin = shared_world.therapist(shared_world.clinic(), Role.ADMIN)
    for kind, change, code in INSIDE:
        path = f"/v1/clinic/channels/{kind}"
        refused = admin.request("PUT", path, json=CHANNELS["PUT", path] | change)
        assert (refused.status_code, refused.json()["code"]) == (422, code), change
    assert admin.get("/v1/clinic/channels").json() == {"webpush": True, "email": None, "ntfy": None}


def test_a_channel_that_is_switched_off_is_offered_no_more_and_a_trial_says_how_it_went(own: Care) -> None:
    admin = set_up(own.world, own.clinic_id, email={"enabled": False})
    assert mine(own.phone)["channels"] == ["webpush", "ntfy"]
    path = "/v1/clinic/channels"
    assert admin.post(f"{path}/email/test", {"to": "a@example.org"}).json()["code"] == "channel_off"
    own.world.outside.answers.append(Outcome.refused("ntfy_403"))
    assert admin.post(f"{path}/ntfy/test").json() == {"result": "refused", "code": "ntfy_403"}
    statuses = [admin.post(f"{path}/ntfy/test").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_without_a_contact_of_the_operator_web_push_is_not_offered(sqlite_url: str, tmp_path: Path) -> None:
    def quiet(app: FastAPI) -> None:
        settings = app.state.settings.model_copy(update={"push_contact": None})
        app.state.outlets = open_outlets(settings, app.state.keys, app.state.engine)

    with World(sqlite_url, tmp_path, quiet) as world:
        care = Care.begin(world, publish=False)
        found = mine(care.phone)
        assert (found["vapid_public_key"], found["channels"]) == (None, [])
        assert put(care.phone, "webpush", **browser().subscription)["code"] == "channel_off"


def real(app: FastAPI) -> None:
    """The channels as the server has them."""
    app.state.outlets = open_outlets(app.state.settings, app.state.keys, app.state.engine)


def test_through_the_routes_a_push_a_mail_and_an_ntfy_message_arrive(sqlite_url: str, tmp_path: Path) -> None:
    with World(sqlite_url, tmp_path, real) as world, provider() as far, mail_sink() as sink:
        care = Care.begin(world, publish=False)
        local = {"host": "127.0.0.1", "port": sink.port, "security": "none", "username": "", "password": ""}
        admin = set_up(world, care.clinic_id, email=local, ntfy={"url": far.url, "token": ""})
        assert admin.post("/v1/clinic/channels/email/test", {"to": "admin@example.org"}).json()["result"] == "sent"
        phone = Browser(f"{far.url}/push/1")
        put(care.phone, "webpush", **phone.subscription)
        topic = care.phone.post(f"{ME}/ntfy").json()["topic"]
        care.phone.post(f"{ME}/email", {"address": "ana@example.org"})
        code = re.match(r"\d{6}", sink.letters[-1].get_content())
        assert code is not None
        assert care.phone.post(f"{ME}/email/confirm", {"code": code[0]}).status_code == 200
        tried = care.phone.post(f"{ME}/test").json()["tried"]
        assert {(each["kind"], each["result"]) for each in tried} == {
            ("webpush", "sent"),
            ("email", "sent"),
            ("ntfy", "sent"),
        }
        heard = {each.path: each.body for each in far.heard}
        shown = phone.opened(heard["/push/1"])
        assert (shown["sentence"], shown["path"]) == ("test", "/reminders")
        assert topic.encode() in heard["/"]
        assert sink.letters[-1]["Subject"] == "Reminders work on this device"
        assert care.phone.post(f"{ME}/opened", {"id": shown["id"]}).status_code == 200
        assert sorted(each["state"] for each in mine(care.phone)["recent"]) == ["opened", "sent", "sent"]


def test_an_address_that_came_has_the_plan_worked_out_anew(prescribed: Care) -> None:
    care = prescribed
    assert reach(care)["planned"] is False
    put(care.phone, "webpush", **browser("planned").subscription)
    care.world.now += timedelta(seconds=1)
    settling.refresh(care.world.engine, lambda: care.world.now)
    assert reach(care)["planned"] is True
    with reading(care.world.engine) as session:
        rows = session.exec(select(ReminderAddress).where(col(ReminderAddress.patient_id) == care.patient_id)).all()
    assert len(rows) == 1
