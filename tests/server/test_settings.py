import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from server.settings import Settings

GOOD = "f3a9c1d7e5b8402694adf0c2b7e6158d"


def test_a_key_is_made_on_first_run_for_its_owner_only_and_then_kept(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = Settings(data_dir=folder).key()
    assert len(first) == 64
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600
    assert Settings(data_dir=folder).key() == first


def test_two_servers_make_different_keys(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path / "a").key() != Settings(data_dir=tmp_path / "b").key()


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    settings.key()
    (tmp_path / "secret.key").chmod(0o644)
    with pytest.raises(ValueError, match="chmod 600"):
        settings.key()


@pytest.mark.parametrize("key", ["short", "a" * 64, "change-me-change-me-change-me-change-me", "secret" * 8, ""])
def test_a_short_or_well_known_key_is_refused(key: str) -> None:
    with pytest.raises(ValidationError):
        Settings(secret_key=key)


def test_a_key_from_the_environment_is_used_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", GOOD)
    settings = Settings()
    assert settings.key() == GOOD.encode()
    assert GOOD not in repr(settings)


@pytest.mark.parametrize(
    "origin",
    [
        "http://clinic.example",
        "clinic.example",
        "https://clinic.example/path",
        "https://u:p@clinic.example",
        "ftp://clinic.example",
        "https://clinic.example?x",
    ],
)
def test_people_are_only_sent_to_a_safe_address(origin: str) -> None:
    with pytest.raises(ValidationError):
        Settings(public_origin=origin)


@pytest.mark.parametrize("origin", ["https://clinic.example", "https://clinic.example:8443", "http://127.0.0.1:8000"])
def test_a_safe_address_is_used_as_it_is(origin: str) -> None:
    assert Settings(public_origin=origin + "/").origin == origin


def test_without_a_database_of_its_own_the_server_is_the_demo_clinic(tmp_path: Path) -> None:
    demo = Settings(data_dir=tmp_path)
    real = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/clinic.db")
    assert (demo.demo, demo.database) == (True, f"sqlite:///{tmp_path}/demo.db")
    assert real.demo is False


def test_a_real_clinic_is_never_put_into_the_demo_file(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/demo.db")
