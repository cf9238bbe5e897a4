"""The parts: sizes, names, colors and what the fonts can draw."""

import flet as ft
import pytest

from app.parts import AppButton, IconAction, PainScale, readable
from app.patient.draft import Draft
from app.strings import words
from app.theme import TEXT_SIZES, Color, pain_color, scaled, scheme, text_theme
from hep.records import Dose, Mode
from tests.app.examples import NOW


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Knee 3 × 10 – better…", "Knee 3 × 10 – better…"),
        ("José Łukasz Ελένη Мария", "José Łukasz Ελένη Мария"),
        ("ok \U0001f600\U0001f600 done", "ok · done"),
        ("a → b", "a · b"),
        ("膝が痛い", "·"),
        ("line\nbreak", "line\nbreak"),
        ("bell\x07", "bell·"),
    ],
)
def test_typed_text_is_shown_with_what_the_fonts_can_draw(typed: str, shown: str) -> None:
    assert readable(typed) == shown


def test_every_word_of_the_app_can_be_drawn() -> None:
    for name in dir(words):
        value = getattr(words, name)
        for text in [value] if isinstance(value, str) else []:
            assert readable(text) == text, name


def test_no_word_shames_and_nothing_shouts() -> None:
    said = " ".join(value for name in dir(words) if isinstance(value := getattr(words, name), str))
    for word in ("failed", "missed", "lazy", "streak", "!"):
        assert word not in said.lower(), word


def test_pain_has_a_tint_for_each_band() -> None:
    bands = [pain_color(n) for n in range(11)]

    assert len(set(bands)) == 5
    assert bands[1] == bands[3] != bands[4] == bands[6] != bands[7] == bands[9] != bands[10]


@pytest.mark.parametrize(("size", "at_200"), [(14, 28), (20, 40), (26, 41.6), (36, 50.4), (60, 84)])
def test_large_text_grows_less_the_larger_it_is(size: int, at_200: float) -> None:
    assert scaled(size, 200) == pytest.approx(at_200)


def test_the_smallest_patient_text_doubles_at_200_percent() -> None:
    theme = text_theme(TEXT_SIZES[-1])

    assert theme.body_medium is not None
    assert theme.body_medium.size == 28


def luminance(color: str) -> float:
    channels = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    ("on_surface", "surface"),
    ("on_surface_variant", "surface_container_high"),
    ("on_primary", "primary"),
    ("on_primary_container", "primary_container"),
    ("on_secondary_fixed", "secondary_fixed"),
    ("on_tertiary_container", "tertiary_container"),
    ("on_tertiary_fixed", "tertiary_fixed"),
    ("on_error", "error"),
    ("on_error_container", "error_container"),
    ("on_primary_fixed", "primary_fixed"),
    ("on_primary_fixed_variant", "primary_fixed_dim"),
    ("on_secondary_fixed_variant", "inverse_primary"),
    ("on_secondary", "surface_bright"),
    ("on_secondary", "secondary_fixed_dim"),
    ("on_secondary", "on_tertiary"),
]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(ink: str, ground: str, dark: bool) -> None:
    colors = scheme(dark)

    assert contrast(getattr(colors, ink), getattr(colors, ground)) >= 4.5


def test_an_icon_button_has_a_name_and_a_full_target() -> None:
    action = IconAction(ft.Icons.CLOSE, "Close", None, key="close")

    assert isinstance(action, ft.MergeSemantics)
    assert isinstance(action.content, ft.IconButton)
    assert (action.content.tooltip, action.content.width, action.content.height) == ("Close", 48, 48)


def test_a_disabled_button_looks_disabled_and_cannot_be_tapped() -> None:
    button = AppButton("Publish", key="publish", disabled=True)

    assert button.disabled
    assert button.style is not None
    assert button.style.bgcolor == Color.HIGH


def test_the_pain_scale_has_eleven_tiles_in_order_and_marks_the_chosen_one() -> None:
    chosen: list[int] = []
    scale = PainScale(4, chosen.append, words.pain_words)

    sizes = [len(row.controls) for row in scale.controls if isinstance(row, ft.Row)]
    assert sizes == [1, 3, 3, 3, 1]
    middle = scale.controls[2]
    assert isinstance(middle, ft.Row)
    assert isinstance(middle.controls[0], ft.MergeSemantics)
    assert isinstance(middle.controls[1], ft.FilledButton)


def test_a_set_of_several_holds_asks_only_after_the_last() -> None:
    dose = Dose(sets=1, reps=2, hold_s=5)
    draft = Draft.of(dose, Mode.HOLD, NOW).run(NOW)

    once = draft.held(2, NOW)
    twice = once.run(NOW).held(2, NOW)

    assert (once.count, once.phase.value, once.running_since) == (1, "work", None)
    assert (twice.count, twice.phase.value) == (2, "ask")
