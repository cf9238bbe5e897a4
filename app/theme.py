"""Every number of the look: colors, type, spacing, sizes. Screens name tokens and never a hex value or a font size.

Colors are slots of Flet's color scheme, resolved on the device, so light and dark follow the system without a
redraw. The slots Material leaves to us carry our own tokens (clay, caution, hero, pain). The text size setting
scales the text theme: a text only names its style.
"""

from dataclasses import dataclass
from enum import StrEnum

import flet as ft

_SLOTS: dict[str, tuple[str, str]] = {
    "surface": ("#FBF8F4", "#111615"),
    "on_surface": ("#1E2524", "#E7EDEB"),
    "on_surface_variant": ("#545F5D", "#B4C0BD"),
    "surface_container_lowest": ("#FFFFFF", "#1B2221"),
    "surface_container_low": ("#F6F1EA", "#171D1C"),
    "surface_container": ("#F0EAE1", "#222A28"),
    "surface_container_high": ("#E8E1D7", "#2D3634"),
    "surface_container_highest": ("#E8E1D7", "#2D3634"),
    "outline": ("#7A8583", "#8B9794"),
    "outline_variant": ("#E4DDD2", "#323C3A"),
    "primary": ("#1B6560", "#86D5CA"),
    "on_primary": ("#FFFFFF", "#003733"),
    "primary_container": ("#D6EDE8", "#17504B"),
    "on_primary_container": ("#083B37", "#CFF4ED"),
    "secondary": ("#9A4B2F", "#FFB599"),
    "secondary_container": ("#D6EDE8", "#17504B"),
    "on_secondary_container": ("#083B37", "#CFF4ED"),
    "secondary_fixed": ("#FBE5DB", "#5C2C19"),
    "on_secondary_fixed": ("#4F200E", "#FFDCCE"),
    "tertiary": ("#3B5A86", "#AFC8F3"),
    "tertiary_container": ("#DEE8F7", "#2B4468"),
    "on_tertiary_container": ("#172B4B", "#D9E6FF"),
    "on_tertiary_fixed_variant": ("#7A4E00", "#F3C56C"),
    "tertiary_fixed": ("#FFEDC9", "#4D3705"),
    "on_tertiary_fixed": ("#4A2F00", "#FFE8BC"),
    "error": ("#B3261E", "#FFB4AB"),
    "on_error": ("#FFFFFF", "#690005"),
    "error_container": ("#FCE3DF", "#6E1B15"),
    "on_error_container": ("#5A110C", "#FFDAD5"),
    "primary_fixed": ("#1B6560", "#1A4F4A"),
    "primary_fixed_dim": ("#174F52", "#153D3F"),
    "on_primary_fixed": ("#FFFFFF", "#FFFFFF"),
    "on_primary_fixed_variant": ("#D3EAE6", "#C5E4DF"),
    "inverse_primary": ("#FFFFFF", "#86D5CA"),
    "on_secondary_fixed_variant": ("#14504C", "#003733"),
    "surface_bright": ("#DDF0E4", "#244B37"),
    "surface_dim": ("#E8F1D6", "#3B4A22"),
    "tertiary_fixed_dim": ("#FFEFC7", "#574208"),
    "secondary_fixed_dim": ("#FFDCCB", "#63301B"),
    "on_tertiary": ("#F9C9C4", "#6B211C"),
    "on_secondary": ("#1E2524", "#FFFFFF"),
    "inverse_surface": ("#F4F6F8", "#E0E2E4"),
    "on_inverse_surface": ("#FFFFFF", "#EBEBEB"),
    "shadow": ("#143024", "#000000"),
    "surface_tint": ("#00000000", "#00000000"),
}


class Color:
    """The color tokens (look.md, section 1) and the scheme slot each of them lives in."""

    SURFACE = ft.Colors.SURFACE
    CARD = ft.Colors.SURFACE_CONTAINER_LOWEST
    LOW = ft.Colors.SURFACE_CONTAINER_LOW
    CONTAINER = ft.Colors.SURFACE_CONTAINER
    HIGH = ft.Colors.SURFACE_CONTAINER_HIGH
    ON = ft.Colors.ON_SURFACE
    MUTED = ft.Colors.ON_SURFACE_VARIANT
    OUTLINE = ft.Colors.OUTLINE
    HAIRLINE = ft.Colors.OUTLINE_VARIANT
    PRIMARY = ft.Colors.PRIMARY
    ON_PRIMARY = ft.Colors.ON_PRIMARY
    PRIMARY_CONTAINER = ft.Colors.PRIMARY_CONTAINER
    ON_PRIMARY_CONTAINER = ft.Colors.ON_PRIMARY_CONTAINER
    CLAY = ft.Colors.SECONDARY
    CLAY_CONTAINER = ft.Colors.SECONDARY_FIXED
    ON_CLAY_CONTAINER = ft.Colors.ON_SECONDARY_FIXED
    BLUE = ft.Colors.TERTIARY
    BLUE_CONTAINER = ft.Colors.TERTIARY_CONTAINER
    ON_BLUE_CONTAINER = ft.Colors.ON_TERTIARY_CONTAINER
    CAUTION = ft.Colors.ON_TERTIARY_FIXED_VARIANT
    CAUTION_CONTAINER = ft.Colors.TERTIARY_FIXED
    ON_CAUTION_CONTAINER = ft.Colors.ON_TERTIARY_FIXED
    ERROR = ft.Colors.ERROR
    ON_ERROR = ft.Colors.ON_ERROR
    ERROR_CONTAINER = ft.Colors.ERROR_CONTAINER
    ON_ERROR_CONTAINER = ft.Colors.ON_ERROR_CONTAINER
    HERO_START = ft.Colors.PRIMARY_FIXED
    HERO_END = ft.Colors.PRIMARY_FIXED_DIM
    ON_HERO = ft.Colors.ON_PRIMARY_FIXED
    ON_HERO_MUTED = ft.Colors.ON_PRIMARY_FIXED_VARIANT
    HERO_BUTTON = ft.Colors.INVERSE_PRIMARY
    ON_HERO_BUTTON = ft.Colors.ON_SECONDARY_FIXED_VARIANT
    ON_PAIN = ft.Colors.ON_SECONDARY
    PICTURE_GROUND = ft.Colors.INVERSE_SURFACE
    PICTURE_LIGHT = ft.Colors.ON_INVERSE_SURFACE
    CLEAR = ft.Colors.TRANSPARENT


_PAIN = (
    ft.Colors.SURFACE_BRIGHT,
    ft.Colors.SURFACE_DIM,
    ft.Colors.TERTIARY_FIXED_DIM,
    ft.Colors.SECONDARY_FIXED_DIM,
    ft.Colors.ON_TERTIARY,
)


def pain_color(pain: int) -> str:
    """The tint of a pain number 0–10: 0, 1–3, 4–6, 7–9 and 10 have one each. Always beside the number and a word."""
    return _PAIN[0 if pain == 0 else 4 if pain >= 10 else (pain - 1) // 3 + 1]


class Style(StrEnum):
    """The type scale (look.md, section 1), each in a slot of the text theme."""

    COUNT = "count"
    DISPLAY = "display"
    HEAD = "head"
    TITLE = "title"
    SUB = "sub"
    BODY = "body"
    BODY_STRONG = "body_strong"
    LABEL = "label"
    SMALL = "small"
    SMALL_STRONG = "small_strong"
    TINY = "tiny"
    DESK_TITLE = "desk_title"
    DESK_SMALL = "desk_small"
    DESK_SMALL_STRONG = "desk_small_strong"


_S = ft.TextThemeStyle
_TYPE: dict[Style, tuple[ft.TextThemeStyle, str, int, int, bool]] = {
    Style.COUNT: (_S.DISPLAY_LARGE, "display_large", 60, 64, True),
    Style.DISPLAY: (_S.DISPLAY_MEDIUM, "display_medium", 36, 44, True),
    Style.HEAD: (_S.HEADLINE_SMALL, "headline_small", 26, 32, True),
    Style.TITLE: (_S.TITLE_LARGE, "title_large", 20, 26, True),
    Style.SUB: (_S.TITLE_MEDIUM, "title_medium", 17, 24, True),
    Style.BODY: (_S.BODY_LARGE, "body_large", 16, 24, False),
    Style.BODY_STRONG: (_S.TITLE_SMALL, "title_small", 16, 24, True),
    Style.LABEL: (_S.LABEL_LARGE, "label_large", 15, 20, True),
    Style.SMALL: (_S.BODY_MEDIUM, "body_medium", 14, 20, False),
    Style.SMALL_STRONG: (_S.LABEL_MEDIUM, "label_medium", 14, 20, True),
    Style.TINY: (_S.LABEL_SMALL, "label_small", 12, 16, True),
    Style.DESK_TITLE: (_S.HEADLINE_MEDIUM, "headline_medium", 16, 22, True),
    Style.DESK_SMALL: (_S.BODY_SMALL, "body_small", 13, 18, False),
    Style.DESK_SMALL_STRONG: (_S.HEADLINE_LARGE, "headline_large", 13, 18, True),
}
"""Style → text theme slot, its field, size, line height, medium weight. Therapist body is SMALL (14/20)."""

FONTS = {"RobotoMedium": "fonts/Roboto-Medium.ttf"}
"""Only Roboto Regular is bundled with Flet: weight 500 is a family of its own (look.md, section 9)."""

TEXT_SIZES = (100, 130, 160, 200)
"""The text size setting, in percent."""


class Space:
    """Distances in logical pixels."""

    XS, S, M, L, XL, XXL = 4, 8, 12, 16, 20, 24
    PAGE = 20
    DESK = 24
    COLUMN = 560


class Radius:
    """Corner radii in logical pixels."""

    PILL, CHIP, BUTTON, CARD, HERO = 12, 16, 18, 20, 24


class Size:
    """Fixed sizes in logical pixels. Nothing that can be tapped is smaller than TARGET."""

    TARGET, PRIMARY, EMERGENCY, COUNTER = 48, 56, 60, 64
    PAIN_WIDE, PAIN = 64, 80
    ICON, ICON_INLINE, THUMB, THUMB_SMALL, DAY, DAY_SMALL = 24, 22, 76, 52, 40, 34
    RAIL, BOTTOM_BAR = 92, 76
    RING, RING_SMALL, RING_BIG = 204, 152, 300


def scheme(dark: bool) -> ft.ColorScheme:
    """The color scheme of the light or the dark look."""
    return ft.ColorScheme(**{slot: pair[dark] for slot, pair in _SLOTS.items()})


def top_edge(dark: bool) -> str:
    """The color of the page itself, as `#RRGGBB`, for the browser's frame around it."""
    return _SLOTS["surface"][dark]


def scaled(size: int, percent: int) -> float:
    """A text size under the text size setting: full growth to 20, × 0.6 to 30, × 0.4 above (look.md, section 1)."""
    share = 1.0 if size <= 20 else 0.6 if size <= 30 else 0.4
    return size * (1 + (percent / 100 - 1) * share)


def slot(style: Style) -> ft.TextThemeStyle:
    """The text theme slot a style lives in."""
    return _TYPE[style][0]


def text_theme(percent: int) -> ft.TextTheme:
    """The type scale at a text size setting of `percent`."""
    return ft.TextTheme(**{row[1]: _text_style(row, percent) for row in _TYPE.values()})


def _text_style(row: tuple[ft.TextThemeStyle, str, int, int, bool], percent: int) -> ft.TextStyle:
    _, _, size, line, medium = row
    height = line / size
    return ft.TextStyle(
        size=scaled(size, percent),
        height=height if percent < 130 else max(1.18, height - 0.1),
        weight=ft.FontWeight.W_400,
        font_family="RobotoMedium" if medium else "Roboto",
        letter_spacing=-0.3 if size >= 26 else 0,
    )


def theme(dark: bool, percent: int = 100) -> ft.Theme:
    """The whole theme of one brightness at one text size."""
    return ft.Theme(
        color_scheme_seed="#1B6560",
        color_scheme=scheme(dark),
        font_family="Roboto",
        text_theme=text_theme(percent),
        visual_density=ft.VisualDensity.STANDARD,
        scaffold_bgcolor=_SLOTS["surface"][dark],
        navigation_bar_theme=_bar(dark, percent),
        icon_theme=ft.IconTheme(size=icon_size(percent)),
        filled_button_theme=ft.FilledButtonTheme(style=ft.ButtonStyle(icon_size=icon_size(percent))),
    )


def icon_size(percent: int) -> float:
    """The size of an icon in a line of text, which names none itself; icons stop growing at 160%."""
    return Size.ICON_INLINE * min(percent, 160) / 100


def _bar(dark: bool, percent: int) -> ft.NavigationBarTheme:
    """The bottom bar; its labels stop growing where four of them fill a phone. Themes know no slots, only values."""
    label = ft.TextStyle(
        size=min(14 * percent / 100, 18), font_family="RobotoMedium", letter_spacing=0, color=_SLOTS["on_surface"][dark]
    )
    return ft.NavigationBarTheme(
        bgcolor=_SLOTS["surface_container_lowest"][dark],
        indicator_color=_SLOTS["primary_container"][dark],
        label_text_style=label,
        height=Size.BOTTOM_BAR if percent == 100 else Size.BOTTOM_BAR + 12,
        elevation=0,
    )


@dataclass(frozen=True, slots=True)
class Look:
    """What a person chose: text size in percent and brightness. `wide`: room for a second column (desk, tablet).

    `still`: the device asks for less motion. `window`: width and height in logical pixels, about.
    """

    percent: int = 100
    mode: ft.ThemeMode = ft.ThemeMode.SYSTEM
    wide: bool = False
    still: bool = False
    window: tuple[int, int] = (360, 640)

    @property
    def big(self) -> bool:
        """Text is large enough that rows must stack."""
        return self.percent > 100


LookContext = ft.create_context(Look())
"""The chosen look, for the few parts that lay themselves out anew at large text."""


def apply(page: ft.Page, look: Look) -> None:
    """Dress the page: fonts, both themes at the chosen text size, brightness; at once, not growing out of Flutter's."""
    page.fonts = {} if page.web else FONTS  # a browser's engine has it in its own list, before the first frame
    page.theme = theme(False, look.percent)
    page.dark_theme = theme(True, look.percent)
    page.theme_mode = look.mode
    page.theme_animation_style = ft.AnimationStyle.no_animation()
