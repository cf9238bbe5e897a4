"""Proposals: opened by facts, withdrawn by facts, decided by a therapist, and carried out whole."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hep import codec
from hep.facts import SkipReason
from hep.records import Dose
from tests.server.care import Care
from tests.server.world import World


def begin(world: World, **changes: Any) -> Care:
    """A patient whose mornings of the last days are known, so that there is a baseline."""
    care = Care.begin(world, **changes)
    for back in (4, 3, 2):
        care.push(care.morning(care.today - timedelta(days=back), pain=1))
    return care


def live_a_day(care: Care, answer: int | None = 1, **session: Any) -> None:
    """A session today, and the answer of the next morning."""
    on = care.today
    care.push(*care.session(on, **session))
    care.later(days=1)
    if answer is not None:
        care.push(care.morning(on, answer))


def proposals(care: Care, state: str = "open") -> list[dict[str, Any]]:
    return [view for view in care.detail()["proposals"] if view["state"] == state]


def decide(care: Care, proposal_id: str, decision: str, reason: str = "Looks right", **more: Any) -> Any:
    path = f"/v1/patients/{care.patient_id}/proposals/{proposal_id}/decision"
    return care.therapist.post(path, json={"decision": decision, "reason": reason} | more)


def with_one_open(world: World) -> tuple[Care, dict[str, Any]]:
    care = begin(world)
    live_a_day(care)
    live_a_day(care)
    (proposal,) = proposals(care)
    return care, proposal


def test_two_good_sessions_open_one_proposal_with_its_reasons(world: World) -> None:
    care, proposal = with_one_open(world)
    assert (proposal["kind"], proposal["what"]) == ("advance", "reps")
    assert (proposal["before_text"], proposal["after_text"]) == ("2 × 10, 3 lb", "2 × 12, 3 lb")
    assert proposal["reasons"]
    assert all(reason["text"] for reason in proposal["reasons"])
    line = care.line()
    assert (line["why"], line["group"], line["open_proposals"]) == ("proposal", "today", 1)
    assert line["why_text"] == "1 proposal waits for you"
    assert line["why_detail"] == "Straight leg raise: more reps"


def test_an_unfinished_set_opens_none_and_says_what_is_missing(world: World) -> None:
    care = begin(world)
    live_a_day(care)
    live_a_day(care, reps=8)
    assert proposals(care) == []
    (hold,) = proposals(care, "hold")
    assert hold["blockers"]


def test_a_missing_morning_answer_holds_with_its_reason(world: World) -> None:
    care = begin(world)
    live_a_day(care)
    live_a_day(care, answer=None)
    assert proposals(care) == []
    (hold,) = proposals(care, "hold")
    assert any("morning" in blocker["code"] or "pending" in blocker["code"] for blocker in hold["blockers"]), hold


def test_a_correction_that_takes_the_support_away_supersedes_the_proposal(world: World) -> None:
    care, proposal = with_one_open(world)
    yesterday = care.today - timedelta(days=1)
    rows = [
        change for change in care.pull_all() if change["kind"] == "set_log" and change["body"]["on"] == str(yesterday)
    ]
    care.push(care.correction(rows[0]["id"], care.set_log(1, yesterday, reps=5)))
    assert proposals(care) == []
    reply = decide(care, proposal["id"], "accept")
    assert (reply.status_code, reply.json()["code"]) == (409, "proposal_outdated")


def test_accepting_publishes_the_proposed_dose(world: World) -> None:
    care, proposal = with_one_open(world)
    reply = decide(care, proposal["id"], "accept").json()
    assert reply["program"]["version"] == 2
    assert reply["program"]["prescriptions"][0]["dose"]["reps"] == 12
    assert reply["program"]["reason"] == "Looks right"
    assert (reply["proposal"]["state"], reply["proposal"]["decision_reason"]) == ("accepted", "Looks right")
    assert [change["kind"] for change in care.pull_all(care.cursor)].count("program") == 1
    assert proposals(care) == []
    assert care.line()["open_proposals"] == 0


def test_accepting_without_words_gives_the_patient_a_plain_reason_without_figures(sqlite_world: World) -> None:
    care, proposal = with_one_open(sqlite_world)
    reply = decide(care, proposal["id"], "accept", reason="").json()
    assert reply["program"]["reason"] == "Your sets went well and the pain stayed low. This is the next step."


def test_modifying_publishes_the_therapists_own_dose(world: World) -> None:
    care, proposal = with_one_open(world)
    dose: Dose = replace(care.prescriptions[0].dose, reps=11)
    reply = decide(care, proposal["id"], "modify", "One at a time", dose=codec.dump(dose)).json()
    assert reply["program"]["prescriptions"][0]["dose"]["reps"] == 11
    assert reply["proposal"]["state"] == "modified"


def test_declining_changes_nothing_and_is_not_asked_again_at_once(world: World) -> None:
    care, proposal = with_one_open(world)
    reply = decide(care, proposal["id"], "decline", "Knee still swollen").json()
    assert (reply["program"], reply["proposal"]["state"]) == (None, "declined")
    assert care.line()["open_proposals"] == 0
    live_a_day(care)
    assert proposals(care) == []
    assert care.detail()["versions"][0]["version"]["version"] == 1
    for _ in range(7):
        live_a_day(care)
    assert len(proposals(care)) == 1


def test_a_decided_proposal_cannot_be_decided_again(world: World) -> None:
    care, proposal = with_one_open(world)
    assert decide(care, proposal["id"], "accept").status_code == 200
    again = decide(care, proposal["id"], "decline")
    assert (again.status_code, again.json()["code"]) == (409, "already_decided")


def test_a_proposal_on_a_dose_that_changed_since_is_outdated(world: World) -> None:
    care, proposal = with_one_open(world)
    rx = care.prescriptions[0]
    care.publish(prescriptions=(replace(rx, dose=replace(rx.dose, sets=3)),), reason="A third set")
    reply = decide(care, proposal["id"], "accept")
    assert (reply.status_code, reply.json()["code"]) == (409, "proposal_outdated")
    assert care.detail()["versions"][0]["version"]["version"] == 2


def test_a_version_that_leaves_the_dose_alone_keeps_the_proposal(world: World) -> None:
    care, proposal = with_one_open(world)
    care.publish(prescriptions=(replace(care.prescriptions[0], note="Slowly"),), reason="A note")
    assert [view["id"] for view in proposals(care)] == [proposal["id"]]
    reply = decide(care, proposal["id"], "accept").json()
    assert reply["program"]["version"] == 3
    assert reply["program"]["prescriptions"][0]["note"] == "Slowly"


def test_declining_and_modifying_need_a_reason_and_modifying_a_dose(sqlite_world: World) -> None:
    care, proposal = with_one_open(sqlite_world)
    dose = codec.dump(care.prescriptions[0].dose)
    assert decide(care, proposal["id"], "decline", " ").status_code == 422
    assert decide(care, proposal["id"], "modify", " ", dose=dose).status_code == 422
    assert decide(care, proposal["id"], "modify").status_code == 422
    assert decide(care, proposal["id"], "accept", dose=dose).status_code == 422
    assert decide(care, proposal["id"], "perhaps").status_code == 422
    assert len(proposals(care)) == 1


def test_another_patients_proposal_is_not_found(world: World) -> None:
    care, proposal = with_one_open(world)
    other = Care.begin(world, beside=care)
    assert decide(other, proposal["id"], "accept").status_code == 404
    assert len(proposals(care)) == 1


def test_a_red_session_proposes_a_step_back(world: World) -> None:
    care = begin(world)
    live_a_day(care, pain=7, after=7)
    (proposal,) = proposals(care)
    assert proposal["kind"] == "regress"
    reply = decide(care, proposal["id"], "accept", "Back to comfort").json()
    assert reply["program"]["prescriptions"][0]["dose"] == proposal["new_dose"]


def test_a_stop_sign_withdraws_the_proposal_until_it_is_cleared(world: World) -> None:
    care, _ = with_one_open(world)
    care.push(care.red_flag())
    assert proposals(care) == []
    (flag,) = care.detail()["flags"]
    path = f"/v1/patients/{care.patient_id}/flags/{flag['id']}/clear"
    assert care.therapist.post(path, json={"note": "Seen today, no clot"}).status_code == 200
    assert len(proposals(care)) == 1


def test_skips_do_not_break_a_row_of_good_sessions(world: World) -> None:
    care = begin(world)
    live_a_day(care)
    care.push(care.skip(SkipReason.NO_TIME))
    care.later(days=1)
    live_a_day(care)
    assert len(proposals(care)) == 1


def test_a_new_session_leaves_the_proposal_open_while_only_its_morning_is_awaited(world: World) -> None:
    care, proposal = with_one_open(world)
    care.push(*care.session())
    (waiting,) = proposals(care)
    assert waiting["id"] == proposal["id"]
    assert [blocker["code"] for blocker in waiting["blockers"]] == ["pain_pending"]
    assert (waiting["after_text"], care.line()["open_proposals"]) == (proposal["after_text"], 1)
    care.later(days=1)
    care.push(care.morning(care.today - timedelta(days=1)))
    (confirmed,) = proposals(care)
    assert (confirmed["id"], confirmed["blockers"]) == (proposal["id"], [])


def test_a_morning_that_contradicts_or_never_comes_supersedes_the_proposal(world: World) -> None:
    for answer in (3, None):
        care, proposal = with_one_open(world)
        care.push(*care.session())
        care.later(days=1)
        if answer is not None:
            care.push(care.morning(care.today - timedelta(days=1), answer))
        else:
            care.later(days=1)
            care.line()
        assert proposal["id"] not in {view["id"] for view in proposals(care)}
        assert decide(care, proposal["id"], "accept").json()["code"] == "proposal_outdated"


def test_two_mornings_awaited_supersede_the_proposal(sqlite_world: World) -> None:
    care, _ = with_one_open(sqlite_world)
    care.push(*care.session())
    care.later(days=1)
    assert len(proposals(care)) == 1
    care.push(*care.session())
    assert proposals(care) == []


def test_a_new_session_that_falls_short_supersedes_the_proposal_at_once(sqlite_world: World) -> None:
    care, _ = with_one_open(sqlite_world)
    care.push(*care.session(reps=5))
    assert proposals(care) == []


def test_another_step_is_another_proposal(world: World) -> None:
    care, proposal = with_one_open(world)
    care.push(*care.session(pain=8, after=8))
    (back,) = proposals(care)
    assert (back["kind"], back["id"] != proposal["id"]) == ("regress", True)
    reply = decide(care, proposal["id"], "accept")
    assert (reply.status_code, reply.json()["code"]) == (409, "proposal_outdated")
