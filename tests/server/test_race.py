"""Eight phones write at once while another reads: nothing lost, doubled or out of order, nobody turned away."""

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlmodel import col, func, select

from server.database import reading
from server.rebuild import rebuild
from server.tables.care import Fact, PatientSync, ProgramVersionRow
from tests.server.care import Care
from tests.server.log import numbers
from tests.server.world import World

WRITERS, BATCHES, ROWS = 8, 10, 20


class Follower:
    """Pulls from its cursor on, again and again, until told that the writers are done."""

    def __init__(self, care: Care) -> None:
        self._care, self._cursor = care, care.cursor
        self.ids: list[str] = []
        self.seqs: list[int] = []

    def run(self, done: threading.Event) -> None:
        last_round = False
        while not last_round:
            last_round = done.is_set()
            self._pull()

    def _pull(self) -> None:
        more = True
        while more:
            reply = self._care.pull(self._cursor, limit=100)
            assert reply.status_code == 200, reply.text
            page = reply.json()
            self.ids += [change["id"] for change in page["changes"]]
            self.seqs += [change["seq"] for change in page["changes"]]
            self._cursor, more = page["cursor"], page["more"]


def test_eight_phones_write_at_once_and_a_follower_misses_nothing(world: World) -> None:
    care = Care.begin(world)
    batches = [[[care.row(care.set_log(1 + n)) for n in range(ROWS)] for _ in range(BATCHES)] for _ in range(WRITERS)]
    follower, done = Follower(care), threading.Event()

    def write(own: list[list[dict[str, object]]]) -> list[str]:
        return [status for batch in own for status in care.statuses(*batch)]

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        following = pool.submit(follower.run, done)
        statuses = [status for answer in pool.map(write, batches) for status in answer]
        done.set()
        following.result()

    sent = {row["id"] for own in batches for batch in own for row in batch}
    assert statuses == ["accepted"] * len(sent)
    assert len(follower.ids) == len(sent)
    assert set(follower.ids) == sent
    assert follower.seqs == sorted(follower.seqs)
    with reading(world.engine) as session:
        sync = session.get_one(PatientSync, care.patient_id)
        log = numbers(session, care.patient_id)
        stored = session.exec(select(func.count()).where(col(Fact.patient_id) == care.patient_id)).one()
    assert (log, stored) == (list(range(1, sync.seq + 1)), len(sent))
    assert rebuild(world.engine, world.now, check=True) == ()


def test_two_phones_that_send_the_same_rows_at_once_store_them_once(world: World) -> None:
    care = Care.begin(world)
    rows = [care.row(care.set_log(1 + n)) for n in range(20)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: care.statuses(*rows), range(4)))
    assert sorted(answers) == [["accepted"] * 20, *[["duplicate"] * 20] * 3]
    with reading(world.engine) as session:
        assert session.exec(select(func.count()).where(col(Fact.patient_id) == care.patient_id)).one() == 20


def test_of_therapists_who_publish_at_once_one_wins_and_the_others_see_both_versions(world: World) -> None:
    care = Care.begin(world, publish=False)
    first = care.publish()["program"]
    draft = care.draft(reason="All at once")
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: care.send_draft(draft), range(4)))
    won, *lost = sorted(replies, key=lambda reply: reply.status_code)
    assert (won.status_code, [reply.status_code for reply in lost]) == (201, [409] * 3)
    second = won.json()["program"]
    assert (first["version"], second["version"], second["reason"]) == (1, 2, "All at once")
    for reply in lost:
        assert reply.json()["code"] == "stale_base"
        assert reply.json()["detail"] == {"base": first, "current": second}
    with reading(world.engine) as session:
        assert session.exec(select(func.count()).select_from(ProgramVersionRow)).one() == 2
