"""The parts that screens of both halves are built from. Parts know no rule and no store."""

from app.parts.controls import AppButton, Choice, IconAction, LinkCard, SettingRow
from app.parts.days import CalendarGrid, Day, Legend, Mark, StateDot, WeekStrip
from app.parts.exercise import Cues, ExerciseCard, HoldRing, RepCounter, Segments, SetRow, SidePill
from app.parts.fields import TypedField
from app.parts.figure import Figure
from app.parts.picture import MovingPicture, Picture, shown
from app.parts.scales import EFFORT_TILES, EffortRow, PainScale
from app.parts.surfaces import Card, IconTile, Line, Notice, Page, Pill
from app.parts.text import Heading, Text, readable

__all__ = [
    "EFFORT_TILES",
    "AppButton",
    "CalendarGrid",
    "Card",
    "Choice",
    "Cues",
    "Day",
    "EffortRow",
    "ExerciseCard",
    "Figure",
    "Heading",
    "HoldRing",
    "IconAction",
    "IconTile",
    "Legend",
    "Line",
    "LinkCard",
    "Mark",
    "MovingPicture",
    "Notice",
    "Page",
    "PainScale",
    "Picture",
    "Pill",
    "RepCounter",
    "Segments",
    "SetRow",
    "SettingRow",
    "SidePill",
    "StateDot",
    "Text",
    "TypedField",
    "WeekStrip",
    "readable",
    "shown",
]
