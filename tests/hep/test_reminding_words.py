"""What a reminder may say, and what a patient chose, whatever stands in the settings."""

import string
from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hep.reminding import LANGUAGES, Purpose, Reminding, opens, plan, sentence
from hep.reminding.choices import with_anchor
from tests.hep.build import ZONE, D, Phone, at, exercise, prescription, version

HEALTH_WORDS = {
    "en": "exercise pain therapy therapist clinic patient knee hip back shoulder ankle heel squat raise injury surgery "
    "rehab rehabilitation physio physical doctor treatment program muscle stretch health medical adherence missed "
    "sets reps stepwise",
    "es": "ejercicio ejercicios dolor terapia terapeuta clínica paciente rodilla cadera espalda hombro tobillo talón "
    "sentadilla lesión cirugía rehabilitación fisioterapia médico tratamiento programa músculo estiramiento salud "
    "series repeticiones",
}


def every_sentence() -> list[tuple[str, Purpose, str]]:
    return [(language, purpose, sentence(purpose, language)) for language in LANGUAGES for purpose in Purpose]


def tokens(text: str) -> set[str]:
    return {word.strip(string.punctuation + "¿¡").lower() for word in text.split()}


@pytest.mark.parametrize(("language", "purpose", "text"), every_sentence())
def test_a_sentence_is_short_plain_and_without_a_health_word(language: str, purpose: Purpose, text: str) -> None:
    assert not tokens(text) & {word for words in HEALTH_WORDS.values() for word in words.split()}
    assert 0 < len(text) <= 50
    assert text.isprintable()
    assert not any(sign in text for sign in "!{}%0123456789"), (
        "nothing is put into a sentence, and nobody is shouted at"
    )


def test_every_language_has_a_sentence_of_its_own_for_every_purpose() -> None:
    said = [text for _, _, text in every_sentence()]
    assert len(set(said)) == len(LANGUAGES) * len(Purpose)


def test_a_language_that_is_not_there_is_english() -> None:
    assert sentence(Purpose.SESSION, "tlh") == sentence(Purpose.SESSION) == "Time for your session"
    assert sentence(Purpose.SESSION, "es-MX") == sentence(Purpose.SESSION, "ES") == "Es hora de su sesión"


names = st.text("abcdefghijklmnopqrstuvwxyzéñ", min_size=4, max_size=12)


@settings(max_examples=30, deadline=None)
@given(names, names, names, st.sampled_from(LANGUAGES))
def test_nothing_of_a_patient_gets_into_what_is_shown(name: str, family: str, note: str, language: str) -> None:
    """Names that could be anything: none of them is found in any sentence or path of what is planned."""
    rx = prescription("rx-any-1", ex=exercise(name=name, family=family, region=note), note=note)
    history = Phone().history(version(rx))
    found = plan(history, ZONE, Reminding(most_per_day=3, language=language), at(D(1), 4))
    assert found
    shown = {text for due in found for text in (sentence(due.purpose, language), opens(due.purpose))}
    assert shown <= {text for _, _, text in every_sentence()} | {"/", "/program", "/reminders"}


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*Reminding().preferences(), "remind.taper", "other"]),
        st.one_of(
            st.text("0123456789:-, yesno", max_size=20),
            st.sampled_from(["yes", "no", "none", "25:00", "08:30,9", "21:00-", "-", ","]),
        ),
    )
)
def test_choices_that_cannot_be_read_are_the_usual_ones(preferences: dict[str, str]) -> None:
    chosen = Reminding.of(preferences)
    assert 1 <= chosen.most_per_day <= 3
    assert all(isinstance(chosen.anchor(slot, 8), time) for slot in range(1, 9))
    assert sentence(Purpose.SESSION, chosen.language)


def test_choices_are_read_back_as_they_were_written() -> None:
    chosen = Reminding(
        on=False,
        anchors=(time(7, 15), time(19)),
        follow_up=False,
        morning=False,
        most_per_day=1,
        quiet_from=time(22, 30),
        quiet_until=time(6),
        channels_off=frozenset({"email", "ntfy"}),
        language="es",
    )
    assert Reminding.of(chosen.preferences()) == chosen
    assert Reminding.of({}) == Reminding.of(Reminding().preferences()) == Reminding()
    assert Reminding().changed(chosen) == chosen.preferences()
    assert all(len(name) <= 40 and 0 < len(value) <= 200 for name, value in chosen.preferences().items())


def test_times_nobody_chose_are_spread_over_the_day() -> None:
    usual = Reminding()
    assert [usual.anchor(n, 1) for n in (1,)] == [time(8, 30)]
    assert [usual.anchor(n, 2) for n in (1, 2)] == [time(8, 30), time(18)]
    assert [usual.anchor(n, 3) for n in (1, 2, 3)] == [time(8, 30), time(13, 15), time(18)]
    eight = [usual.anchor(n, 8) for n in range(1, 9)]
    assert eight == sorted(set(eight))
    assert eight[-1] == time(20)


def test_choosing_a_later_slots_time_leaves_the_earlier_ones_alone() -> None:
    chosen = with_anchor(Reminding(), 2, 3, time(14))
    assert chosen.anchors == (time(8, 30), time(14))
    assert with_anchor(chosen, 1, 3, time(7)).anchors == (time(7), time(14))
    assert Reminding.of({"remind.times": "07:00,late"}).anchors == (), "a slot is known by its place in the list"
