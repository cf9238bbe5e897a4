"""A clinic's own exercises as one file: out and in again as they were, and nothing of an unsafe one."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson
import pytest

from server.archive.entries import MOST_ENTRIES
from tests.server.matrix import OCTETS, exercise_body, own_exercise
from tests.server.pictures import SECRET, picture
from tests.server.world import Signed, World

ARCHIVE = "/v1/library/archive"
MANIFEST = orjson.dumps({"stepwise_library": 1, "retired": []})


def send(therapist: Signed, content: bytes) -> Any:
    return therapist.request("POST", ARCHIVE, content=content, headers=OCTETS)


def library(therapist: Signed) -> list[Any]:
    """What the clinic has of its own, but for who saved it when."""
    listed = therapist.get("/v1/library/own").json()["exercises"]
    return [(own["exercise"], own["retired"]) for own in listed]


def filled(world: World) -> Signed:
    """A therapist whose clinic has a ladder of two, one with a photo, and a retired one."""
    therapist = world.therapist(world.clinic())
    photo = therapist.request("POST", "/v1/library/photos", content=picture(), headers=OCTETS).json()["photo"]
    low = own_exercise(therapist, name="Low", harder_ids=[], easier_ids=[], photo=photo)["exercise"]
    own_exercise(therapist, name="High", harder_ids=[], easier_ids=[low["id"]])
    gone = own_exercise(therapist, name="Gone")["exercise"]
    therapist.post(f"/v1/library/own/{gone['id']}/retire", {"retired": True})
    return therapist


def packed(*entries: tuple[str, bytes], manifest: bytes | None = MANIFEST) -> bytes:
    sink = BytesIO()
    with ZipFile(sink, "w", ZIP_DEFLATED) as file:
        if manifest is not None:
            file.writestr("library.json", manifest)
        for name, content in entries:
            file.writestr(name, content)
    return sink.getvalue()


def entry(**changes: Any) -> tuple[str, bytes]:
    body = exercise_body(**changes)
    return f"exercises/{body['id']}.json", orjson.dumps(body)


def test_what_goes_out_comes_in_again_as_it_was(world: World) -> None:
    # given
    therapist, empty = filled(world), world.therapist(world.clinic())
    whole = therapist.get(ARCHIVE)
    assert whole.headers["content-type"] == "application/zip"
    # when
    done = send(empty, whole.content)
    # then
    assert (done.status_code, done.json()) == (200, {"added": 3, "changed": 0, "unchanged": 0})
    assert library(empty) == library(therapist)
    (photo,) = {exercise["photo"] for exercise, _ in library(empty)} - {None}
    here, there = (who.get(f"/v1/library/photos/{photo}").content for who in (therapist, empty))
    assert here == there
    assert empty.get(ARCHIVE).content == whole.content
    # and once more changes nothing
    assert send(empty, whole.content).json() == {"added": 0, "changed": 0, "unchanged": 3}
    assert [own["version"] for own in empty.get("/v1/library/own").json()["exercises"]] == [1, 1, 1]


def test_a_changed_exercise_becomes_a_new_version(world: World) -> None:
    therapist = world.therapist(world.clinic())
    own = own_exercise(therapist)["exercise"]
    done = send(therapist, packed(entry(**(own | {"name": "New name"}))))
    assert done.json() == {"added": 0, "changed": 1, "unchanged": 0}
    assert therapist.get("/v1/library/own").json()["exercises"][0]["version"] == 2


def link() -> bytes:
    sink = BytesIO()
    with ZipFile(sink, "w") as file:
        file.writestr("library.json", MANIFEST)
        info = ZipInfo("exercises/own-link-0001.json")
        info.external_attr = 0o120777 << 16
        file.writestr(info, "/etc/passwd")
    return sink.getvalue()


def encrypted() -> bytes:
    content = bytearray(packed(entry(id="own-locked-01")))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.rfind(signature)
        content[at + flags] |= 1
    return bytes(content)


def lying() -> bytes:
    """An entry that says it is small and unpacks to 50 MB."""
    zeros = bytes(50_000_000)
    content = bytearray(packed(("exercises/own-bomb-0001.json", zeros)))
    size = len(zeros).to_bytes(4, "little")
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = (1000).to_bytes(4, "little")
    return bytes(content)


def doubled() -> bytes:
    one = entry(id="own-twice-001")
    content = packed(one, ("exercises/own-twice-002.json", one[1]))
    return content.replace(b"own-twice-002.json", b"own-twice-001.json")


def ring() -> bytes:
    low = entry(id="own-low-0001", harder_ids=["own-high-0001"], easier_ids=[])
    return packed(low, entry(id="own-high-0001", harder_ids=["own-low-0001"], easier_ids=[]))


def without(field: str) -> bytes:
    body = exercise_body(id="own-gap-0001")
    del body[field]
    return packed(("exercises/own-gap-0001.json", orjson.dumps(body)))


OWN = "exercises/own-fine-0001.json"
HOSTILE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "nothing": (lambda: b"", "the file", "no zip file"),
    "no zip": (lambda: b"PK but no more", "the file", "no zip file"),
    "cut off": (lambda: packed(entry())[:-40], "the file", "no zip file"),
    "a way out": (lambda: packed(("../evil.json", b"{}")), "../evil.json", "leads out"),
    "a way out inside": (lambda: packed(("exercises/../../evil.json", b"{}")), "exercises/../../evil", "leads out"),
    "an absolute name": (lambda: packed(("/etc/passwd", b"x")), "/etc/passwd", "leads out"),
    "a name of another system": (lambda: packed(("C:\\evil.json", b"{}")), "C:", "leads out"),
    "ten thousand entries": (
        lambda: packed(*((f"exercises/own-{n:08d}.json", b"{}") for n in range(10_000))),
        "the file",
        f"more than {MOST_ENTRIES} entries",
    ),
    "a bomb that says so": (lambda: packed((OWN, bytes(50_000_000))), OWN, "larger than 64 kB"),
    "a bomb that lies": (lying, "exercises/own-bomb-0001.json", "cannot be unpacked"),
    "a zip in the zip": (lambda: packed(("exercises/more.zip", packed())), "exercises/more.zip", "packed file within"),
    "a link": (link, "exercises/own-link-0001.json", "a link"),
    "an encrypted entry": (encrypted, "exercises/own-locked-01.json", "encrypted"),
    "an entry twice": (doubled, "exercises/own-twice-001.json", "more than once"),
    "an id of another name": (
        lambda: packed((OWN, entry(id="own-other-001")[1])),
        OWN,
        "another one than its name says",
    ),
    "a ladder that leads back": (ring, "exercises/own-low-0001.json", "leads back"),
    "an unknown precaution": (
        lambda: packed(entry(id="own-fine-0001", flags=[{"flag": "moon", "severity": "warn"}])),
        OWN,
        "flags: Choose precautions",
    ),
    "a missing field": (lambda: without("cues"), "exercises/own-gap-0001.json", "cues"),
    "too few cues": (lambda: packed(entry(id="own-fine-0001", cues=["One"])), OWN, "cues: Write at least 2"),
    "an unknown field": (lambda: packed(entry(id="own-fine-0001", script="x")), OWN, "a field this server"),
    "no JSON": (lambda: packed((OWN, b"{")), OWN, "no JSON"),
    "a photo that is not there": (
        lambda: packed(entry(id="own-fine-0001", photo="0" * 64)),
        OWN,
        "photo: The photo it names is not in the file",
    ),
    "a photo that is another": (
        lambda: packed((f"photos/{'0' * 64}.webp", picture(form="WEBP"))),
        f"photos/{'0' * 64}.webp",
        "not as it was exported",
    ),
    "a photo that is none": (lambda: packed((f"photos/{'0' * 64}.webp", SECRET)), "photos/", "not as it was exported"),
    "another file": (lambda: packed(("run.sh", b"rm")), "run.sh", "no place"),
    "no manifest": (lambda: packed(entry(), manifest=None), "library.json", "missing"),
    "a newer form": (lambda: packed(manifest=b'{"stepwise_library": 2, "retired": []}'), "library.json", "newer"),
    "the library's own id": (lambda: packed(entry(id="kn-slr")), "exercises/kn-slr.json", "id that cannot be used"),
}


@pytest.fixture(scope="module")
def clinic(shared_world: World) -> Signed:
    """A clinic that takes in nothing of what these tests send it, so that one is enough."""
    return shared_world.therapist(shared_world.clinic())


@pytest.mark.parametrize("what", HOSTILE)
def test_an_unsafe_file_is_refused_with_the_reason_by_entry_and_nothing_is_kept(clinic: Signed, what: str) -> None:
    make, name, reason = HOSTILE[what]
    good = entry(id="own-good-0001")
    content = make()
    if content.startswith(b"PK\x03\x04") and what not in ("cut off", "ten thousand entries"):
        with BytesIO(content) as held, ZipFile(held, "a") as file:
            file.writestr(*good)
            file.close()
            content = held.getvalue()
    reply = send(clinic, content)
    assert (reply.status_code, reply.json()["code"]) == (422, "archive_refused"), reply.text
    refused = reply.json()["detail"]["refused"]
    assert [one for one in refused if one["entry"].startswith(name) and reason in one["sentence"]], refused
    assert not [one for one in refused if "own-good" in one["entry"]]
    assert clinic.get("/v1/library/own").json() == {"exercises": []}


def test_every_entry_that_is_wrong_is_named(clinic: Signed) -> None:
    content = packed(entry(id="own-one-00001", cues=[]), entry(id="own-two-00002", name=""), ("x", b""))
    assert len(send(clinic, content).json()["detail"]["refused"]) == 1
    content = packed(entry(id="own-one-00001", cues=[]), entry(id="own-two-00002", name=""))
    refused = send(clinic, content).json()["detail"]["refused"]
    assert {one["entry"][10:23] for one in refused} == {"own-one-00001", "own-two-00002"}
