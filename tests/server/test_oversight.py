"""The commands of whoever answers for the installation: kept ends of the audit chains, and staff accounts."""

import io
import json
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from server.__main__ import main
from server.database import open_database, reading
from server.tables.people import AuditEntry, Staff
from tests.server.test_commands import NEW, PASSWORD
from tests.server.world import World

EMAIL = ["--email", "a@b.org"]


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a clinic's database with one therapist, in the environment of the commands."""
    url = f"sqlite:///{tmp_path / 'clinic.db'}"
    for name, value in {"DATABASE_URL": url, "DATA_DIR": str(tmp_path), "ARGON2_MEMORY_KIB": "64"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert main(NEW) == 0
    return url


def cut_tail(url: str, entries: int) -> None:
    """Cut the newest entries off and make the recorded end fit, as somebody with the file in their hands could."""
    engine = open_database(url)
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entry_no_delete"))
        last = connection.execute(text("SELECT clinic_id, max(seq) FROM audit_entry")).one()
        connection.execute(text("DELETE FROM audit_entry WHERE seq > :seq"), {"seq": last[1] - entries})
        connection.execute(
            text(
                "UPDATE audit_head SET seq = :seq, digest = coalesce((SELECT digest FROM audit_entry "
                "WHERE seq = :seq), :none)"
            ),
            {"seq": last[1] - entries, "none": "0" * 64},
        )
    engine.dispose()


@pytest.mark.parametrize("entries", [1, 2])
def test_a_cut_tail_is_found_against_the_kept_ends_and_only_against_them(
    real: str, tmp_path: Path, entries: int, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = ["--heads", str(tmp_path / "heads")]
    assert main(["audit", "heads", *kept]) == 0
    assert main(["audit", "verify", *kept]) == 0
    cut_tail(real, entries)
    assert main(["audit", "verify"]) == 0
    assert main(["audit", "verify", *kept]) == 1
    assert "entry 2, kept at" in capsys.readouterr().out


def test_ends_kept_before_stay_good_while_the_chain_grows(real: str, tmp_path: Path) -> None:
    kept = ["--heads", str(tmp_path / "heads")]
    for change in ("--leaves", "--returns"):
        assert main(["audit", "heads", *kept]) == 0
        assert main(["staff", *EMAIL, change]) == 0
    assert main(["audit", "verify", *kept]) == 0
    assert [json.loads(line)["seq"] for line in (tmp_path / "heads").read_text().splitlines()] == [2, 3]


def test_a_chain_that_was_rewritten_from_the_beginning_is_found(real: str, tmp_path: Path) -> None:
    kept = tmp_path / "heads"
    assert main(["audit", "heads", "--heads", str(kept)]) == 0
    head = json.loads(kept.read_text())
    kept.write_text(json.dumps(head | {"digest": "0" * 64}) + "\n")
    assert main(["audit", "verify", "--heads", str(kept)]) == 1


def test_the_end_of_a_broken_chain_is_not_kept(real: str, tmp_path: Path) -> None:
    engine = open_database(real)
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entry_no_update"))
        connection.execute(text("UPDATE audit_entry SET outcome = 'other' WHERE seq = 2"))
    engine.dispose()
    assert main(["audit", "heads", "--heads", str(tmp_path / "heads")]) == 1
    assert (tmp_path / "heads").read_text() == ""


@pytest.mark.parametrize(
    "line", ["nonsense", "[]", '{"clinic_id": "x"}', '{"clinic_id":"x","seq":"1","digest":"","at":""}']
)
def test_a_file_of_ends_that_cannot_be_read_is_said(
    real: str, tmp_path: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "heads").write_text(line + "\n")
    assert main(["audit", "verify", "--heads", str(tmp_path / "heads")]) == 1
    assert "Line 1" in capsys.readouterr().err


def test_a_file_of_ends_that_is_not_there_or_not_named_is_said(real: str, tmp_path: Path) -> None:
    assert main(["audit", "verify", "--heads", str(tmp_path / "none")]) == 1
    assert main(["audit", "heads"]) == 1


def test_a_new_password_ends_sessions_and_lets_in_with_the_new_one_only(
    real: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with World(real, tmp_path) as world:
        before = world.signed(world.sign_in("a@b.org", PASSWORD))
        monkeypatch.setattr("sys.stdin", io.StringIO("a quiet evening walk\n"))
        assert main(["staff", *EMAIL, "--new-password"]) == 0
        assert before.get("/v1/me").status_code == 401
        assert world.sign_in("a@b.org", PASSWORD).status_code == 401
        assert world.sign_in("a@b.org", "a quiet evening walk").status_code == 200
    written = capsys.readouterr()
    assert "evening" not in written.out + written.err


def test_leaving_a_role_and_coming_back_are_changes_of_the_account(real: str) -> None:
    for change in (["--leaves"], ["--role", "admin"], ["--returns"]):
        assert main(["staff", *EMAIL, *change]) == 0
    engine = open_database(real)
    with reading(engine) as session:
        staff = session.exec(select(Staff)).one()
        actions = [row.action for row in session.exec(select(AuditEntry).order_by(col(AuditEntry.seq))).all()]
    engine.dispose()
    assert (staff.role, staff.active) == ("admin", True)
    assert actions[2:] == ["staff.leave", "staff.role", "staff.return"]


@pytest.mark.parametrize("wrong", [["--email", "nobody@b.org", "--leaves"], [*EMAIL, "--new-password"]])
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(
    real: str, wrong: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["staff", *wrong]) == 1
    engine = open_database(real)
    with reading(engine) as session:
        assert len(session.exec(select(AuditEntry)).all()) == 2
    engine.dispose()


@pytest.mark.parametrize("wrong", [[], ["--role", "patient"], ["--leaves", "--returns"]])
def test_a_change_that_says_nothing_or_too_much_is_not_tried(real: str, wrong: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(["staff", *EMAIL, *wrong])
