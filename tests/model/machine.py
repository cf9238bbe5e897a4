"""The state machine: phones, therapists and a bad network in any order, and what must hold of them at every step.

After each round of sync nothing that left a phone's queue is missing at the clinic; at the end all replicas agree,
every tap is somewhere, and every edit that a therapist was told is published stands as it was.
"""

import asyncio
import sys
from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

import app.sync
from app.account import UnsentEntries
from app.sync import SyncState
from hep.records import ProgramState
from server.decisions import Choice
from tests.flows.link import Fault
from tests.model.clinic import Case
from tests.model.near import Death, Died
from tests.model.phone import Handset
from tests.model.place import Server
from tests.server.world import START

WHO, NUMBER, YES = st.integers(0, 2), st.integers(0, 99), st.booleans()
TAPS = st.sampled_from(["set", "skip", "end", "morning", "message", "seen", "stop"])
FAULTS = st.lists(st.sampled_from([*Fault, *Death, None]), min_size=1, max_size=4)
CLOCKS = st.sampled_from([timedelta(), timedelta(days=-730), timedelta(days=-3), timedelta(hours=3), timedelta(3650)])
HOURS = st.sampled_from([0.3, 1, 9, 26, 73])
MISHAPS = st.one_of(FAULTS, CLOCKS, HOURS, st.sampled_from(["down", "up", "late", "restart"]))
Mishap = list[Fault | Death | None] | timedelta | float | str
LONGEST = timedelta(days=60)
"""A run ends well within the 90 days of history that a new phone is given."""

SMALL, WHOLE = 3, 200
"""Rows of a push and changes of a page: in runs that cut everything small, and in the others."""


class Model(RuleBasedStateMachine):
    """One patient's life with the clinic. `server` and `loop` are set by `bound_to`."""

    server: Server
    loop: asyncio.AbstractEventLoop

    @initialize(phones=st.sampled_from([2, 2, 2, 3]), derives=st.integers(0, 4), small=st.integers(0, 5))
    def begin(self, phones: int, derives: int, small: int) -> None:
        """The patient's phones are signed in and one has pulled; in a fifth of the runs sums follow facts."""
        self.server.world.now = START
        self.server.derives = derives == 4
        most = SMALL if small == 5 else WHOLE
        self.cut = patch.multiple(app.sync, BATCH=most, PULL_LIMIT=most)
        self.cut.start()
        self.case = Case(self.server)
        tokens = self.case.begin(phones)
        self.desks = [self.case.desk(0), self.case.desk(1)]
        self.phones = [self._run(Handset(self.case).begin_with(each)) for each in tokens]
        self._sync(self.phones[0])

    def _run(self, work):  # type: ignore[no-untyped-def]
        self.server.world.now += timedelta(seconds=1)
        return self.loop.run_until_complete(work)

    def _phone(self, who: int) -> Handset:
        return self.phones[who % len(self.phones)]

    def _sign_in(self, phone: Handset) -> None:
        phone.link.faults.clear()
        phone.link.down = False
        self._run(phone.account.redeem(secret=self.case.invitation()))

    # What patients do

    @rule(who=WHO, what=TAPS, number=NUMBER)
    def tap(self, who: int, what: str, number: int) -> None:
        self._run(self._phone(who).tap(what, number))

    @rule(who=WHO, what=TAPS, number=NUMBER)
    def tap_again(self, who: int, what: str, number: int) -> None:
        self._run(self._phone(who).tap(what, number))

    @rule(who=WHO, number=NUMBER)
    def tap_a_set(self, who: int, number: int) -> None:
        self._run(self._phone(who).tap("set", number))

    @rule(who=WHO, how=st.sampled_from(["correct", "correct_again", "retract", "retract", "spoil"]), number=NUMBER)
    def amend(self, who: int, how: str, number: int) -> None:
        self._run(getattr(self._phone(who), how)(number))

    @rule(who=WHO)
    def sync(self, who: int) -> None:
        self._sync(self._phone(who))

    @rule(who=WHO)
    def sync_again(self, who: int) -> None:
        self._sync(self._phone(who))

    # What goes wrong

    @rule(who=WHO, what=MISHAPS)
    def mishap(self, who: int, what: Mishap) -> None:
        self._befall(self._phone(who), what)

    @rule(who=WHO, what=MISHAPS)
    def another_mishap(self, who: int, what: Mishap) -> None:
        self._befall(self._phone(who), what)

    def _befall(self, phone: Handset, what: Mishap) -> None:
        """Bad requests to come, a clock set wrong, hours that pass, no network, late requests, the app closed."""
        if isinstance(what, list):
            phone.link.faults.extend(what)
        elif isinstance(what, timedelta):
            phone.skew = what
        elif what == "late":
            self._run(phone.link.arrive_late())
        elif what == "restart":
            self._run(phone.restart())
        elif isinstance(what, str):
            phone.link.down = what == "down"
        elif self.server.world.now < START + LONGEST:
            self.server.world.later(hours=what)
            self.case.settle()

    # What becomes of sign-ins

    @rule(who=WHO, what=st.sampled_from(["revoke", "sign out", "leave", "invite", "invite", "let in", "throw out"]))
    def care(self, who: int, what: str) -> None:
        """A phone is cut off, signed out or invited anew; a batch in quarantine is let in or thrown out."""
        phone = self._phone(who)
        device = self._device(phone)
        if what == "revoke" and device is not None:
            self.case.revoke(device)
        elif what in ("sign out", "leave"):
            self._sign_out(phone, leave_unsent=what == "leave")
        elif what == "invite" and (device is None or self.case.cut_off(device)):
            self._sign_in(phone)
        elif what in ("let in", "throw out"):
            self.case.settle_quarantine(release=what == "let in")

    def _sign_out(self, phone: Handset, leave_unsent: bool) -> None:
        try:
            with suppress(UnsentEntries):
                self._run(phone.account.sign_out(leave_unsent=leave_unsent))
        except Died:
            self._run(phone.restart())

    # What therapists do

    @rule(
        desk=st.integers(0, 1),
        what=st.sampled_from(["open", "reopen", "edit", "send", "send", "accept", "decline"]),
        state=st.sampled_from([ProgramState.ACTIVE, *ProgramState]),
        sets=st.integers(1, 3),
    )
    def desk(self, desk: int, what: str, state: ProgramState, sets: int) -> None:
        """Open a draft, of an ended program too; send what was opened whenever that was; or decide a proposal."""
        self.server.world.now += timedelta(seconds=1)
        if what in ("open", "edit"):
            self.desks[desk] = self.case.desk(desk)
        if what == "reopen":
            self.desks[desk] = self.case.reopened(desk)
        if what in ("send", "edit"):
            fresh = self.case.may_publish(self.desks[desk])
            told = self.case.publish(self.desks[desk], state, sets)
            assert told is fresh, "a stale draft went through, or a fresh one did not"
        if what in ("accept", "decline"):
            self._decide(Choice(what))

    def _decide(self, choice: Choice) -> None:
        self.case.propose()
        before = len(self.case.edits)
        outcome = self.case.decide(choice)
        assert outcome in ("none", "ok", "already_decided", "proposal_outdated"), outcome
        made = len(self.case.edits) - before
        assert made == (1 if outcome == "ok" and choice is Choice.ACCEPT else 0)

    # What must hold

    def _sync(self, phone: Handset) -> None:
        """A round, and what must hold after it."""
        clean, cut_off, signed_in = not phone.link.bad, self._cut_off(phone), self._device(phone) is not None
        state = self._run(phone.round())
        gone = phone.taps - phone.waiting() - phone.shelved()
        assert gone <= self.case.facts() | self.case.kept_apart(), "a row left the queue and is nowhere"
        assert phone.shelved() <= phone.poison, "a good row was refused"
        if state is SyncState.REVOKED:
            assert phone.records() == set(), "a revoked phone kept what the clinic sent"
        elif state is SyncState.IDLE:
            assert signed_in and not cut_off, "a phone pulled that may not"
            assert phone.waiting() == set()
            assert self.case.recent() <= phone.records(), "a pull that ended left something out"
        if clean:
            ended = state in (SyncState.SIGNED_OUT, SyncState.REVOKED)
            assert ended is (cut_off or not signed_in), f"a good line and {state}"
            assert ended or state is SyncState.IDLE, f"a good line and {state}"

    def _device(self, phone: Handset) -> str | None:
        tokens = self._run(phone.api.tokens())
        return None if tokens is None else str(tokens.device_id)

    def _cut_off(self, phone: Handset) -> bool:
        device = self._device(phone)
        return device is not None and self.case.cut_off(device)

    def teardown(self) -> None:
        """Every network heals; then all phones that are signed in agree with the clinic, and every tap is somewhere."""
        if not hasattr(self, "phones"):
            return
        try:
            if sys.exc_info()[0] is None:
                self._settle()
                self._agree()
                self.server.agreed += 1
        finally:
            for phone in self.phones:
                self._run(phone.throw_away())
            self.cut.stop()

    def _settle(self) -> None:
        for phone in self.phones:
            phone.link.faults.clear()
            phone.link.down = False
            self._run(phone.link.arrive_late())
        if all(self._out(phone) for phone in self.phones):
            self._sign_in(self.phones[0])
        for phone in (*self.phones, *self.phones[:-1]):
            self._sync(phone)

    def _out(self, phone: Handset) -> bool:
        return self._device(phone) is None or self._cut_off(phone)

    def _agree(self) -> None:
        facts, kept_apart, truth = self.case.facts(), self.case.kept_apart(), self.case.record()
        for phone in self.phones:
            here = phone.waiting() | phone.shelved()
            assert phone.taps <= facts | kept_apart | here, "a tap is nowhere"
            assert phone.poison <= kept_apart | here, "a row that cannot be taken is nowhere"
            if not self._out(phone):
                known = self._run(phone.history())
                assert known.versions == truth.versions, "the phone has another program than the clinic"
                assert _counting(known.rows) == _counting(truth.rows), "the phone counts other rows than the clinic"
        assert facts <= set().union(*(phone.taps for phone in self.phones)), "a row nobody wrote"
        self.case.check_log()
        self.case.check_edits()
        if self.server.derives:
            self._change_program()

    def _change_program(self) -> None:
        """What was derived is what the facts say, and still is when the program has ended and another is in use."""
        self.case.check_derived()
        self.server.world.later(hours=26)
        for state in (ProgramState.ARCHIVED, ProgramState.ACTIVE):
            if state is ProgramState.ACTIVE or self.case.in_use is not None:
                assert self.case.publish(self.case.desk(0), state, sets=2)
        self.case.check_derived()


def _counting(rows):  # type: ignore[no-untyped-def]
    """The effective rows of the time a phone keeps, as far as both sides know them."""
    first = (START - timedelta(days=10)).date()
    return [(row.id, row.seq, row.fact) for row in rows if row.fact.on >= first]


def bound_to(server: Server, loop: asyncio.AbstractEventLoop) -> type[Model]:
    """The machine on that server, its phones on that loop."""
    return type("BoundModel", (Model,), {"server": server, "loop": loop})
