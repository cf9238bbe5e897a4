import io
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from hep.ids import new_id
from server import commands
from server.__main__ import main
from server.database import open_database, reading, writing
from server.migrate import upgrade
from server.problems import CannotDo
from server.tables.people import Clinic, Staff
from tests.server.care import Care
from tests.server.world import START, World

NEW = ["create-clinic", "--name", "Hillside", "--zone", "America/New_York", "--therapist", "Ana", "--email", "A@b.org"]
PASSWORD = "a quiet morning walk"


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a real clinic's database that is not there yet, in the environment of the commands."""
    url = f"sqlite:///{tmp_path / 'deep' / 'clinic.db'}"
    for name, value in {"DATABASE_URL": url, "DATA_DIR": str(tmp_path), "ARGON2_MEMORY_KIB": "64"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    return url


def test_a_new_clinics_therapist_signs_in_with_the_password_given(real: str, tmp_path: Path) -> None:
    assert main(NEW) == 0
    with World(real, tmp_path) as world:
        assert world.sign_in("a@b.org", PASSWORD).status_code == 200


@pytest.mark.parametrize("bad", [("--zone", "Nowhere/Land"), ("--name", " "), ("--email", "")])
def test_a_clinic_with_a_wrong_entry_is_not_made(
    real: str, bad: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = list(NEW)
    arguments[arguments.index(bad[0]) + 1] = bad[1]
    assert main(arguments) == 1
    assert capsys.readouterr().err


def test_a_weak_password_is_refused_and_not_repeated(
    real: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("tooshort\n"))
    assert main(NEW) == 1
    written = capsys.readouterr()
    assert "12 characters" in written.err
    assert "tooshort" not in written.err + written.out


def test_an_email_belongs_to_one_person(real: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(NEW) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert main(NEW) == 1
    engine = open_database(real)
    with reading(engine) as session:
        assert len(session.exec(select(Staff)).all()) == 1
        assert len(session.exec(select(Clinic)).all()) == 1
    engine.dispose()


def test_without_a_database_of_its_own_no_real_clinic_is_made(
    real: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    assert main(NEW) == 1
    assert not (tmp_path / "demo.db").exists()


def test_reset_demo_never_touches_a_named_database(real: str) -> None:
    assert main(NEW) == 0
    assert main(["reset-demo"]) == 1
    assert main(["audit", "verify"]) == 0


def test_reset_demo_refuses_a_demo_file_that_holds_a_real_clinic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    engine = open_database(f"sqlite:///{tmp_path / 'demo.db'}")
    upgrade(engine)
    with writing(engine) as session:
        session.add(Clinic(id=new_id(START), name="Real", zone="UTC", created_at=START))
    assert main(["reset-demo"]) == 1
    assert "not the demo" in capsys.readouterr().err
    with reading(engine) as session:
        assert len(session.exec(select(Clinic)).all()) == 1
    engine.dispose()


def test_audit_verify_says_where_a_chain_is_broken(real: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(NEW) == 0
    assert main(["audit", "verify"]) == 0
    engine = open_database(real)
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entry_no_update"))
        connection.execute(text("UPDATE audit_entry SET outcome = 'other' WHERE seq = 2"))
    engine.dispose()
    assert main(["audit", "verify"]) == 1
    assert "BROKEN at entry 2" in capsys.readouterr().out


def test_rebuild_finds_nothing_wrong_in_a_new_clinic(real: str) -> None:
    assert main(NEW) == 0
    assert main(["rebuild", "--check"]) == 0


def test_rebuild_says_that_an_altered_entry_cannot_be_put_right(
    real: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(NEW) == 0
    with World(real, tmp_path) as world:
        care = Care.begin(world)
        care.push(*care.session())
        with writing(world.engine) as session:
            session.connection().execute(text("UPDATE fact SET body = body || ' ' WHERE kind = 'session_end'"))
    assert main(["rebuild"]) == 1
    assert "Not as they were stored: 1 of the entries" in capsys.readouterr().out


def test_wrong_settings_are_named_without_their_values(
    real: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECRET_KEY", "zebraquagga")
    assert main(["audit", "verify"]) == 1
    written = capsys.readouterr().err
    assert "SECRET_KEY" in written
    assert "zebraquagga" not in written


def test_a_demo_clinic_is_never_served_as_a_real_one(real: str) -> None:
    assert main(NEW) == 0
    engine = open_database(real)
    with writing(engine) as session:
        session.exec(select(Clinic)).one().demo = True
    with pytest.raises(CannotDo, match="demo"):
        commands._real_lines(engine, commands.Settings())
    engine.dispose()


def test_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "create-clinic" in capsys.readouterr().out


def test_a_clinic_is_backed_up_verified_and_restored_by_commands(
    real: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own, file = str(tmp_path / "backup.key"), str(tmp_path / "clinic.backup")
    assert main(NEW) == 0
    assert main(["backup", file]) == 1
    assert "BACKUP_KEY_FILE" in capsys.readouterr().err
    assert main(["backup-key", own]) == 0
    assert (tmp_path / "backup.key").read_text().splitlines()[-1] not in capsys.readouterr().out
    monkeypatch.setenv("BACKUP_KEY_FILE", own)

    assert main(["backup", file]) == 0
    assert main(["verify", file]) == 0
    assert "1 clinic(s), 0 patients, 0 entries" in capsys.readouterr().out
    assert main(["restore", file]) == 1
    assert "not empty" in capsys.readouterr().err

    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'again' / 'clinic.db'}")
    assert main(["restore", file]) == 0
    assert main(["audit", "verify"]) == 0
    with World(f"sqlite:///{tmp_path / 'again' / 'clinic.db'}", tmp_path) as world:
        assert world.sign_in("a@b.org", PASSWORD).status_code == 200


@pytest.mark.parametrize("command", ["backup", "verify", "restore"])
def test_backup_commands_that_cannot_be_carried_out_say_why(
    command: str, real: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup-key", str(tmp_path / "backup.key")]) == 0
    monkeypatch.setenv("BACKUP_KEY_FILE", str(tmp_path / "backup.key"))
    assert main([command, str(tmp_path / "no" / "such.backup")]) == 1
    assert capsys.readouterr().err.endswith(".\n")


def test_a_backup_never_goes_into_the_demo(
    real: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    assert main(["restore", str(tmp_path / "any.backup")]) == 1
    assert "demo" in capsys.readouterr().err
    assert not (tmp_path / "demo.db").exists()


def test_a_database_of_another_shape_is_not_backed_up(
    real: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup-key", str(tmp_path / "backup.key")]) == 0
    monkeypatch.setenv("BACKUP_KEY_FILE", str(tmp_path / "backup.key"))
    (tmp_path / "deep").mkdir()
    for content, said in ((b"", "shape"), (b"no database " * 100, "check DATABASE_URL")):
        (tmp_path / "deep" / "clinic.db").write_bytes(content)
        assert main(["backup", str(tmp_path / "clinic.backup")]) == 1
        assert said in capsys.readouterr().err
    assert not (tmp_path / "clinic.backup").exists()
