"""Patient flags held against exercise flags."""

from hep.precautions import findings, flag_words, open_findings
from hep.records import ExerciseFlag, Override, Severity
from tests.hep.build import exercise, prescription

FLAGGED = exercise(flags=(ExerciseFlag(flag="falls_risk"), ExerciseFlag(flag="osteoporosis", severity=Severity.BLOCK)))


def test_only_shared_flags_are_found_and_blocks_come_first() -> None:
    found = findings(FLAGGED, ["falls_risk", "osteoporosis", "dizzy"])
    assert [(f.flag, f.severity) for f in found] == [
        ("osteoporosis", Severity.BLOCK),
        ("falls_risk", Severity.WARN),
    ]
    assert found[1].text == "Squat needs your review with: risk of falls. Stop when it hurts."
    assert findings(FLAGGED, ["dizzy"]) == ()


def test_an_accepted_warning_is_settled_and_a_block_never_is() -> None:
    both = tuple(Override(flag=flag, reason="seen") for flag in ("falls_risk", "osteoporosis"))
    p = prescription(ex=FLAGGED, overrides=both)
    assert [f.flag for f in open_findings(p, ["falls_risk", "osteoporosis"])] == ["osteoporosis"]


def test_a_flag_without_words_of_its_own_is_read_out() -> None:
    assert flag_words("wrist_pain") == "wrist pain"
