"""Fails when Flet's prebuilt client is no longer the one we know how to change: read docs/web-client.md then."""

from pathlib import Path

import pytest

from server.web import engine
from server.web.upstream import CLIENT, PATCHED, RELIED_ON, REPLACED, digest

PINNED = PATCHED | REPLACED | RELIED_ON


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

    with pytest.raises(ValueError, match="animation library"):
        engine.copy_engine(tmp_path)
