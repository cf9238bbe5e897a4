"""Lets the demo clinic live: day after day, phones and therapists act in the order of the clock.

Everything happens at the instant it would have happened, through the services that the API calls. Deterministic for
a given `now`, apart from ids and secrets that the server draws itself.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random

from sqlmodel import Session

from hep.days import local_on
from hep.ids import new_id
from hep.wire import MAX_ROWS
from server.demo.behavior import live
from server.demo.clinic import Contact, DemoClinic
from server.demo.happenings import LOSE_PHONE, play, prepare
from server.demo.life import Life
from server.demo.phone import Phone, wall
from server.demo.plans import Planner
from server.demo.story import Revision, Story, Visit
from server.patients import NewPatient

_OFTEN, _RARELY = 5, 5
"""Phones find a network as often as their story says in the last `_OFTEN` days, every `_RARELY` days before."""

_QUIET = timedelta(minutes=2)
"""Nothing happens in the last two minutes before `now`."""

Deed = Callable[[Session, datetime], None]
Later = Callable[[datetime, Deed], None]
Act = tuple[datetime, int, Deed]


def simulate(session: Session, clinic: DemoClinic, stories: Sequence[Story], now: datetime) -> None:
    """Live all days of these stories up to `now`. The caller commits."""
    cases = [Case(clinic, story, number, now) for number, story in enumerate(stories)]
    for ago in range(max(story.start_ago for story in stories), -1, -1):
        _Day(cases, ago, now).run(session)
    for case in cases:
        clinic.turn_day(session, case.patient_id, now)


class _Day:
    """One day of all patients: acts by their instants, none after `now`; a deed may add acts for later the same day."""

    def __init__(self, cases: Iterable["Case"], ago: int, now: datetime) -> None:
        self._numbers = count()
        self._now = now
        self._acts: list[Act] = []
        for case in cases:
            for at, deed in case.day(ago, self.add):
                self.add(at, deed)

    def add(self, at: datetime, deed: Deed) -> None:
        if at <= self._now:
            heappush(self._acts, (at, next(self._numbers), deed))

    def run(self, session: Session) -> None:
        while self._acts:
            at, _, deed = heappop(self._acts)
            deed(session, at)


@dataclass
class Case:
    """A patient of the clinic while the simulation runs."""

    clinic: DemoClinic
    story: Story
    number: int
    now: datetime
    life: Life = field(init=False)
    planner: Planner = field(init=False)
    patient_id: str = ""
    has_news: bool = False

    def __post_init__(self) -> None:
        today = local_on(self.now, self.story.zone)
        phone = Phone(zone=self.story.zone, rng=Random(f"{self.story.name} {today.isoformat()}"), device_id="")
        self.life = Life(story=self.story, phone=phone, today=today, keys={})

    def day(self, ago: int, later: Later) -> Iterator[tuple[datetime, Deed]]:
        """What is to happen `ago` days before today, in any order."""
        on = self.life.today - timedelta(days=ago)
        if ago > self.story.start_ago:
            return
        if ago == self.story.start_ago:
            yield wall(on, 9, self.story.zone), partial(self._begin, later=later)
        if self._in_use(ago):
            hour = 9.7 if ago == self.story.start_ago else 7
            yield wall(on, hour, self.story.zone), partial(self._live, on=on, later=later)
        name = self._new_phone(ago)
        if name is not None:
            yield wall(on, 12, self.story.zone), partial(self._lose_phone, name=name, later=later)
        yield from self._therapist_acts(ago, on)

    def _therapist_acts(self, ago: int, on: date) -> Iterator[tuple[datetime, Deed]]:
        for visit in self.story.visits:
            if visit.ago == ago:
                yield self._clinic_time(on, 13), partial(self._visit, visit=visit)
        for revision in self.story.revisions:
            if revision.ago == ago:
                yield self._clinic_time(on, 13.5), partial(self._revise, revision=revision, on=on)

    def _in_use(self, ago: int) -> bool:
        silent = self.story.silent_from is not None and ago <= self.story.silent_from
        return self.story.invited and not silent

    def _clinic_time(self, on: date, hour: float) -> datetime:
        return wall(on, hour + self.number / 100, self.story.zone)

    def _begin(self, session: Session, at: datetime, later: Later) -> None:
        """Take the patient in; then publish the first version, and let the phone in by an invitation."""
        story, today = self.story, self.life.today
        new = NewPatient(
            name=story.name,
            birth_date=_birth_date(story.age, today, self.life.rng),
            zone=story.zone,
            flags=story.flags,
            equipment=story.equipment,
            time_budget_min=story.budget,
            problem=story.problem,
            region=story.region,
        )
        self.patient_id, episode_id = self.clinic.take_in(session, story.therapist, new, at)
        if story.next_visit_in is not None:
            visit_on = today + timedelta(days=story.next_visit_in)
            self.clinic.plan_visit(session, self.patient_id, wall(visit_on, 10.5, story.zone))
        self.planner = Planner(self.life, new_id(at, self.life.phone.randomness), episode_id)
        later(at + timedelta(minutes=20), self._publish_first)
        if story.invited:
            later(at + timedelta(minutes=30), partial(self._get_phone, name=story.phone_name))

    def _publish_first(self, session: Session, at: datetime) -> None:
        begins_on = local_on(at, self.story.zone) + timedelta(days=self.story.begins_in)
        draft = self.planner.first(begins_on)
        self.clinic.publish(session, self.patient_id, self.story.therapist, draft, at)

    def _get_phone(self, session: Session, at: datetime, name: str) -> None:
        """A fresh install: invitation, redeem, first pull."""
        old = self.life.phone
        link = self.clinic.invite(session, self.patient_id, self.story.therapist, at)
        nonce = new_id(at, old.randomness)
        device_id = self.clinic.redeem(session, link, name, nonce, at)
        self.life.phone = Phone(zone=self.story.zone, rng=old.rng, device_id=device_id, kept=old.kept)
        self.life.phone.seen_version = old.seen_version
        self._pull(session, at)

    def _live(self, session: Session, at: datetime, on: date, later: Later) -> None:
        until = self.now - _QUIET
        phone = self.life.phone
        prepare(self.life, on)
        live(self.life, on, until)
        play(self.life, on, until)
        ago = self.life.ago(on)
        if phone.waiting and self._has_network(ago):
            done_at = max(written_at for written_at, _ in phone.waiting) + timedelta(seconds=40)
            later(max(done_at, at), self._sync)
        if any(visit.ago == ago for visit in self.story.visits):
            later(wall(on, 11, self.story.zone), self._sync)

    def _has_network(self, ago: int) -> bool:
        """Whether the phone reaches the clinic that day: around what the therapist does, on its last day,
        else at times."""
        if self._new_phone(ago) is not None:
            return False
        acts = {visit.ago for visit in self.story.visits} | {revision.ago for revision in self.story.revisions}
        if acts & {ago, ago - 1} or ago - 1 == self.story.silent_from:
            return True
        return ago % (self.story.sync_every if ago < _OFTEN else _RARELY) == 0

    def _new_phone(self, ago: int) -> str | None:
        """The name of the phone that replaces a lost one that day, if one was lost."""
        lost = (h for h in self.story.happenings if h.what == LOSE_PHONE and h.ago == ago)
        return next((str(h.args["phone_name"]) for h in lost), None)

    def _sync(self, session: Session, at: datetime) -> None:
        """Push until empty, then pull if the clinic has published: anything else would be its own rows again."""
        contact = self._contact(at)
        rows = self.life.phone.take_rows(at)
        for start in range(0, len(rows), MAX_ROWS):
            self.clinic.push(session, contact, rows[start : start + MAX_ROWS])
        if self.has_news:
            self._pull(session, at)

    def _pull(self, session: Session, at: datetime) -> None:
        phone = self.life.phone
        versions, phone.cursor = self.clinic.pull(session, self._contact(at), phone.cursor)
        phone.versions += versions
        self.has_news = False

    def _contact(self, at: datetime) -> Contact:
        return Contact(self.patient_id, self.life.phone.device_id, at)

    def _lose_phone(self, session: Session, at: datetime, name: str, later: Later) -> None:
        """The old phone is cut off with rows it has not sent; a new one takes over; the old one sends after all."""
        old, contact = self.life.phone, self._contact(at)
        self.clinic.lose_device(session, contact, self.story.therapist)
        later(at + timedelta(minutes=10), partial(self._get_phone, name=name))
        late = at + timedelta(hours=6)
        rows = old.take_rows(at)
        later(
            late, lambda s, when: self.clinic.push_late(s, Contact(contact.patient_id, contact.device_id, when), rows)
        )

    def _revise(self, session: Session, at: datetime, revision: Revision, on: date) -> None:
        current = self.clinic.current(session, self.patient_id)
        draft = self.planner.next(current, revision, on + timedelta(days=1))
        self.clinic.publish(session, self.patient_id, self.story.therapist, draft, at)
        self.has_news = True

    def _visit(self, session: Session, at: datetime, visit: Visit) -> None:
        wanted = [pid for key in visit.keys for pid, named in self.life.keys.items() if named == key]
        self.clinic.decide(session, self.patient_id, self.story.therapist, wanted, visit, at)
        self.clinic.clear_seen(session, self.patient_id, self.story.therapist, visit.reason, at)
        self.has_news = True


def _birth_date(age: int, today: date, rng: Random) -> date:
    """A birth date that makes the person `age` years old today."""
    return date(today.year - age, 1, 1) + timedelta(days=rng.randrange(0, max(1, today.timetuple().tm_yday - 1)))
