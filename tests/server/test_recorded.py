"""What phones sent once is taken for ever: recorded pushes of every version, one row of each kind. Only ever add."""

import json
from pathlib import Path

import pytest

from hep.facts import Kind
from tests.server.care import Care, prescription
from tests.server.world import World

RECORDED = sorted((Path(__file__).parent / "recorded").glob("push_v*.json"))


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_a_recorded_push_is_taken_and_given_back_word_for_word(world: World, file: Path) -> None:
    care = Care.begin(world, publish=False)
    care.program_id = "program-recorded-1"
    care.publish(prescriptions=(prescription(care.today, id="rx-recorded-01"),))
    recorded = json.loads(file.read_text())

    reply = care.phone.post("/v1/sync/push", json=recorded)

    assert [result["status"] for result in reply.json()["results"]] == ["accepted"] * len(recorded["rows"])
    given_back = {change["id"]: change for change in care.pull_all()}
    for row in recorded["rows"]:
        assert (given_back[row["id"]]["kind"], given_back[row["id"]]["body"]) == (row["kind"], row["body"])


def test_the_first_recording_holds_every_kind() -> None:
    assert {row["kind"] for row in json.loads(RECORDED[0].read_text())["rows"]} == set(Kind)
