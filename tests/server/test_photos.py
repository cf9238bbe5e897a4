"""Photos: taken in with suspicion, drawn anew, given to those who may see them, and part of every backup."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlmodel import func, select

from server.api.upload import PHOTO_BYTES
from server.database import open_database, reading
from server.photos import keeping
from server.photos.darkroom import Darkroom, darkroom
from server.problems import Declined
from server.tables.exercises import Photo
from server.vault import backup, key, restore
from tests.databases import copy_of_sqlite
from tests.server.care import Care, prescription
from tests.server.matrix import OCTETS, exercise_body, own_exercise, own_photo
from tests.server.mutating import CORPUS, MOST_MEMORY_KIB, TAKEN, clean, mutated, peak_kib, try_all
from tests.server.pictures import SECRET, moving, picture, scene, text_chunk, with_place
from tests.server.world import START, Signed, World

PHOTOS = "/v1/library/photos"


def upload(signed: Signed, content: bytes, **headers: str) -> Any:
    return signed.request("POST", PHOTOS, content=content, headers=OCTETS | headers)


def held(world: World) -> int:
    with reading(world.engine) as session:
        return session.exec(select(func.count()).select_from(Photo)).one()


@pytest.fixture
def therapist(sqlite_world: World) -> Signed:
    return sqlite_world.therapist(sqlite_world.clinic())


def test_a_photo_comes_back_small_upright_and_without_anything_else(therapist: Signed) -> None:
    # given a wide photo of a phone held upright, with a name and a place in it
    wide = picture(image=scene(size=(2400, 1200)), exif=with_place(orientation=6), comment=SECRET)
    assert SECRET in wide
    # when
    added = upload(therapist, wide)
    # then
    assert added.status_code == 201, added.text
    assert added.json() | {"photo": ""} == {"photo": "", "width": 480, "height": 960, "had_location": True}
    seen = therapist.get(f"{PHOTOS}/{added.json()['photo']}")
    assert (seen.headers["content-type"], seen.headers["x-content-type-options"]) == ("image/webp", "nosniff")
    assert clean(seen.content) == []
    with Image.open(BytesIO(seen.content)) as image:
        assert image.size == (480, 960)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_taken_by_what_it_holds_whatever_it_is_called(therapist: Signed, form: str) -> None:
    added = upload(therapist, picture(form=form))
    assert (added.status_code, added.json()["had_location"]) == (201, False)


def test_what_is_seen_through_stands_on_white(therapist: Signed) -> None:
    clear = Image.new("RGBA", (200, 200), (255, 0, 0, 0))
    added = upload(therapist, picture(image=clear, form="PNG")).json()
    with Image.open(BytesIO(therapist.get(f"{PHOTOS}/{added['photo']}").content)) as image:
        assert image.convert("RGB").getpixel((100, 100)) == (255, 255, 255)


def test_the_same_photo_twice_is_one(therapist: Signed, sqlite_world: World) -> None:
    first, second = upload(therapist, picture()), upload(therapist, picture())
    assert first.json() == second.json()
    assert held(sqlite_world) == 1


@pytest.fixture(scope="module")
def sender(shared_world: World) -> Signed:
    """A therapist who sends one file after the other."""
    return shared_world.therapist(shared_world.clinic())


@pytest.mark.parametrize("what", CORPUS)
def test_a_hostile_file_is_refused_with_what_is_wrong_or_taken_without_its_harm(
    sender: Signed, shared_world: World, what: str
) -> None:
    make, expected = CORPUS[what]
    before = held(shared_world)
    reply = upload(sender, make())
    if expected == TAKEN:
        assert reply.status_code == 201, reply.text
        assert clean(sender.get(f"{PHOTOS}/{reply.json()['photo']}").content) == []
    else:
        assert (reply.status_code, reply.json()["code"]) == (422, expected)
        assert held(shared_world) == before


def test_two_thousand_mutated_pictures_break_nothing_and_bring_nothing_in() -> None:
    outcome = try_all(mutated(seed) for seed in range(2_000))
    assert outcome.wrong == []
    assert sum(outcome.answers.values()) == 2_000
    assert {TAKEN, "picture_damaged", "picture_unknown"} <= set(outcome.answers)
    assert "picture_too_hard" not in outcome.answers
    assert 0 < outcome.peak_kib < MOST_MEMORY_KIB


def test_the_hardest_picture_that_is_taken_stays_within_the_memory() -> None:
    hardest = picture(form="WEBP", image=Image.new("RGBA", (4000, 4000), (10, 200, 30, 128)), method=0)
    with darkroom() as room:
        assert clean(room.develop(hardest).content) == []
        assert 0 < peak_kib(room) < MOST_MEMORY_KIB


def test_a_worker_that_does_not_answer_in_time_costs_its_picture_only() -> None:
    room = Darkroom(patience_s=0.0)
    with pytest.raises(Declined, match="picture_too_hard"):
        room.develop(picture())
    patient = Darkroom()
    assert clean(patient.develop(picture()).content) == []
    patient.close()


def test_a_worker_knows_no_secret_and_can_write_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "the-clinics-own")
    with darkroom() as room:
        room.develop(picture())
        process = Path(f"/proc/{room.process_id}")
        assert process.joinpath("environ").read_bytes() == b""
        limits = process.joinpath("limits").read_text()
    most = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()}
    assert (most["Max file size"], most["Max address space"]) == ("0", str(MOST_MEMORY_KIB * 1024))


def test_a_body_that_is_too_large_is_refused_while_it_comes(therapist: Signed) -> None:
    sent = []

    def pieces() -> Any:
        for _ in range(64):
            sent.append(1)
            yield bytes(1024 * 1024)

    reply = therapist.request("POST", PHOTOS, content=pieces(), headers=OCTETS)
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")
    assert PHOTO_BYTES == 10 * 1024 * 1024


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": "image/jpeg"}, {"Content-Type": "application/json"}, {"Content-Encoding": "gzip"}],
    ids=str,
)
def test_a_file_is_sent_as_it_is_and_says_so(therapist: Signed, headers: dict[str, str]) -> None:
    reply = upload(therapist, picture(), **headers)
    assert (reply.status_code, reply.json()["code"]) == (415, "encoding_unsupported")


def test_nobody_sends_a_file_without_signing_in(sqlite_world: World) -> None:
    reply = sqlite_world.client.post(PHOTOS, content=picture(), headers=OCTETS)
    assert reply.status_code == 401


def test_a_patient_sees_the_photos_of_their_own_programs_and_no_others(world: World) -> None:
    # given two patients of one clinic, and one elsewhere
    here = Care.begin(world, publish=False)
    neighbor, elsewhere = Care.begin(world, publish=False, beside=here), Care.begin(world, publish=False)
    photo, other = own_photo(here), own_photo(elsewhere)
    unused = upload(here.therapist, picture(0.9)).json()["photo"]
    # then
    assert here.phone.get(f"{PHOTOS}/{photo}").status_code == 200
    assert {who.phone.get(f"{PHOTOS}/{photo}").status_code for who in (neighbor, elsewhere)} == {404}
    assert {here.phone.get(f"{PHOTOS}/{one}").status_code for one in (other, unused, "0" * 64)} == {404}
    assert elsewhere.therapist.get(f"{PHOTOS}/{photo}").status_code == 404
    # and a word that looks like it opens nothing
    note = f'"photo":"{unused}"'
    here.publish(prescriptions=(prescription(here.today, note=note),), reason="With a note")
    assert here.phone.get(f"{PHOTOS}/{unused}").status_code == 404
    # and it stays with a patient whose exercise lost it since
    own = here.therapist.get("/v1/library/own").json()["exercises"][0]
    body = {"base_version": own["version"], "exercise": own["exercise"] | {"photo": None}}
    assert here.therapist.post("/v1/library/own", body).status_code == 200
    assert here.phone.get(f"{PHOTOS}/{photo}").status_code == 200


def test_a_photo_of_another_clinic_cannot_be_given_to_an_exercise(world: World) -> None:
    here, elsewhere = world.therapist(world.clinic()), world.therapist(world.clinic())
    photo = upload(elsewhere, picture()).json()["photo"]
    reply = here.post("/v1/library/own", {"base_version": 0, "exercise": exercise_body(photo=photo)})
    assert (reply.status_code, reply.json()["code"]) == (422, "exercise_incomplete")
    assert own_exercise(elsewhere, photo=photo)["exercise"]["photo"] == photo


def test_a_photo_that_nothing_names_is_forgotten_when_the_next_one_comes(world: World) -> None:
    clinic = world.clinic()
    therapist = world.therapist(clinic)
    named, unnamed = (upload(therapist, picture(shade)).json()["photo"] for shade in (0.1, 0.2))
    own = own_exercise(therapist, photo=named)["exercise"]
    therapist.post("/v1/library/own", {"base_version": 1, "exercise": own | {"photo": None}})
    world.later(days=2)
    therapist = world.therapist(clinic)
    newest = upload(therapist, picture(0.3)).json()["photo"]
    assert [therapist.get(f"{PHOTOS}/{one}").status_code for one in (named, unnamed, newest)] == [200, 404, 200]


def test_a_clinic_holds_so_many_photos_and_no_more(therapist: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST", 1)
    assert upload(therapist, picture(0.1)).status_code == 201
    reply = upload(therapist, picture(0.2))
    assert (reply.status_code, reply.json()["code"]) == (422, "library_full")


def test_a_restored_backup_holds_the_photos_and_the_exercises(
    sqlite_world: World, sqlite_template: Path, tmp_path: Path
) -> None:
    care = Care.begin(sqlite_world, publish=False)
    photo = own_photo(care)
    key.make(tmp_path / "backup.key", START)
    own = key.load(tmp_path / "backup.key")
    backup.take(sqlite_world.engine, tmp_path / "clinic.backup", own, START)
    (tmp_path / "empty").mkdir()
    restored = open_database(copy_of_sqlite(sqlite_template, tmp_path / "empty"))
    restore.put_back(restored, tmp_path / "clinic.backup", own.identities, START)
    with reading(restored) as session:
        content = keeping.of_patient(session, care.clinic_id, care.patient_id, photo)
    restored.dispose()
    assert content == care.phone.get(f"{PHOTOS}/{photo}").content


def test_what_was_developed_before_stays_as_it_is_and_everything_else_is_developed() -> None:
    with darkroom() as room:
        made = room.develop(picture()).content
        assert room.develop(made, archived=True).content == made
        hiding = made + SECRET + b"\0" * (len(SECRET) % 2)
        told = picture(form="WEBP", exif=with_place()), picture(form="PNG", pnginfo=text_chunk(SECRET))
        for other in (picture(), hiding, *told):
            assert clean(room.develop(other, archived=True).content) == []
        with pytest.raises(Declined, match="picture_animated"):
            room.develop(moving("WEBP"), archived=True)
