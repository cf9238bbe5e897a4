"""The built client as a folder: the same bytes each time, nothing left out, nothing that should not leave the house."""

import gzip
import hashlib
import json
import re
import shutil
import zipfile
from pathlib import Path

import brotli
import pytest

from server.web.build import PACKED, build_web, is_current
from server.web.compress import AWAITED, QUICK, SMALL, Way, compress_tree, packed_size
from server.web.icons import drawn_code_points
from tests.browser.conftest import QUICKLY_BUILT

SUFFIXES = (".br", ".gz")


RECORDED = Path(__file__).with_name("recorded") / "packed.json"
"""What Flet's own files come to as a release sends them, by content and level: packing them takes a minute."""
ICONS = ("favicon", "apple-touch-icon", "icon-192")


def content(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def way_of(build: Path) -> Way:
    """How it was packed."""
    return QUICK if build == QUICKLY_BUILT else SMALL


def python_archive(folder: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(next(folder.glob("b/*/python.zip")))


def test_building_again_gives_the_same_bytes(web_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.web.build.compress_tree", lambda *_: None)  # half the time; see the next test
    build_web(tmp_path / "again", way_of(web_build))

    built = content(web_build)
    assert {name: built[name] for name in built if not name.endswith(SUFFIXES)} == content(tmp_path / "again")


def test_every_compressed_file_holds_its_file_and_packing_again_gives_the_same_bytes(
    web_build: Path, tmp_path: Path
) -> None:
    packed = [path for path in web_build.rglob("*") if path.suffix in SUFFIXES]

    assert {path.suffix for path in packed} == set(SUFFIXES)
    for path in packed:
        unpack = brotli.decompress if path.suffix == ".br" else gzip.decompress
        assert unpack(path.read_bytes()) == path.with_suffix("").read_bytes(), path.name
    shutil.copyfile(web_build / "index.html", tmp_path / "index.html")
    compress_tree(tmp_path, how=way_of(web_build))
    for name in ("index.html.br", "index.html.gz"):
        assert (tmp_path / name).read_bytes() == (web_build / name).read_bytes()


def test_a_build_is_current_until_something_it_is_made_from_changes(web_build: Path, tmp_path: Path) -> None:
    assert not is_current(tmp_path)

    built = shutil.copytree(web_build, tmp_path / "built")
    assert is_current(built)

    (built / "stamp").write_text("made from something else")
    assert not is_current(built)


def test_the_archive_holds_byte_code_only_and_nothing_of_the_server(web_build: Path) -> None:
    with python_archive(web_build) as archive:
        names = archive.namelist()

    assert "app/boot.pyc" in names
    assert "hep/__init__.pyc" in names
    assert "app/patient/screens/today.pyc" in names
    assert not [name for name in names if name.endswith((".py", ".so")) or name.startswith(("server", "tests"))]


def test_every_file_the_service_worker_keeps_is_there(web_build: Path) -> None:
    text = (web_build / "sw.js").read_text()
    kept = json.loads(text.split("const KEEP = ", 1)[1].split(";\n", 1)[0])

    addresses = [*kept["immutable"], *(name for names in kept["renderers"].values() for name in names), *kept["named"]]
    missing = [name for name in addresses if name != "/" and not (web_build / name.strip("/")).is_file()]

    assert missing == []
    assert "/stamp" not in addresses


def sent(path: Path) -> int:
    """Bytes of a file as a release sends it, packed for this once where it is not known."""
    level = SMALL.brotli_awaited if path.name in AWAITED else SMALL.brotli
    known = json.loads(RECORDED.read_text()).get(f"{hashlib.sha256(path.read_bytes()).hexdigest()}-{level}")
    return known or packed_size(path, PACKED)


def test_a_first_visit_waits_for_nine_megabytes_and_the_page_knows_their_sizes(web_build: Path) -> None:
    ways = json.loads((web_build / "index.html").read_text().split("data-awaited='", 1)[1].split("'", 1)[0])

    assert sum(sent(web_build / name.strip("/")) for name in ways["skwasm"]) < 9e6
    assert sum(sent(web_build / name.strip("/")) for name in ways["canvaskit_chromium"]) < 10e6
    for sizes in ways.values():
        for address, (size, packed_to) in sizes.items():
            path = web_build / address.strip("/")
            packed = path.with_name(path.name + ".br")
            assert (size, packed_to) == (path.stat().st_size, (packed if packed.is_file() else path).stat().st_size)


def test_every_icon_we_name_is_in_the_cut_font(web_build: Path) -> None:
    (font,) = web_build.glob("b/*/assets/fonts/MaterialIcons-Regular.otf")

    places = json.loads((web_build / "index.html").read_text().split("const icons = ", 1)[1].split(";", 1)[0])

    assert {"check", "play_arrow", "today_outlined", "chevron_right"} <= set(places)
    assert set(places.values()) <= set(drawn_code_points(font))


def test_the_second_archive_holds_the_therapists_half_and_the_first_says_so(web_build: Path) -> None:
    with python_archive(web_build) as first, zipfile.ZipFile(next(web_build.glob("b/*/later.zip"))) as second:
        listed = set(first.read("later.txt").decode().split())

        assert not set(first.namelist()) & set(second.namelist())
        assert {"app.therapist.shell", "app.strings_clinic"} <= listed
        assert not [name for name in listed if name.startswith(("app.patient", "hep"))]
        assert "assets/exercises/library.json" in second.namelist()


def test_the_start_page_runs_its_own_scripts_by_their_hashes_and_asks_for_no_file_before_the_picture_is_painted(
    web_build: Path,
) -> None:
    index = (web_build / "index.html").read_text()
    page, started = re.sub(r"<template.*</template>", "", index, flags=re.DOTALL), re.search("<template.*", index)

    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == page.count("<script") == 2
    assert started
    assert set(re.findall(r'(?:src|href)="([^"]*)"', page)) <= {"/", *map("/icons/{}.png".format, ICONS)}
    assert not re.search(r"\{(engine|own|awaited|version|style|guard|first)\}", index)
    assert index.count("data:font/woff2;base64,") == 3
    assert len(brotli.compress(index.encode())) < 50_000
