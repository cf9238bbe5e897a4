"""Small checks a pose file is read with; each refusal names the exercise, the field and the reason."""

from collections.abc import Callable, Mapping
from typing import Any

from server.pictures.joints import JOINTS

Check = Callable[[str, Any], None]


class BadPose(ValueError):
    """A pose file that cannot be used; the text names the exercise and the field."""


def number(low: float, high: float) -> Check:
    """A number from low to high, both included."""

    def check(where: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadPose(f"{where}: a number is expected, not {value!r}")
        if not low <= value <= high:
            raise BadPose(f"{where}: {value} is outside {low} to {high}")

    return check


def numbers(most: int, low: float, high: float, least: int = 1) -> Check:
    """A list of `least` to `most` numbers from low to high."""
    each = number(low, high)

    def check(where: str, value: Any) -> None:
        if not isinstance(value, list) or not least <= len(value) <= most:
            count = str(most) if least == most else f"{least} to {most}"
            raise BadPose(f"{where}: a list of {count} numbers is expected, not {value!r}")
        for index, item in enumerate(value):
            each(f"{where}[{index}]", item)

    return check


def flag(where: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise BadPose(f"{where}: true or false is expected, not {value!r}")


def text(where: str, value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise BadPose(f"{where}: a word is expected, not {value!r}")


def one_of(*words: str) -> Check:
    def check(where: str, value: Any) -> None:
        if not isinstance(value, str) or value not in words:
            raise BadPose(f"{where}: {value!r} is none of {', '.join(sorted(words))}")

    return check


def joint(where: str, value: Any) -> None:
    if not isinstance(value, str) or value not in JOINTS:
        raise BadPose(f"{where}: there is no joint {value!r} (docs/pictures.md lists them)")


def listing(each: Check, least: int = 0, most: int = 12) -> Check:
    def check(where: str, value: Any) -> None:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise BadPose(f"{where}: a list of {least} to {most} entries is expected")
        for index, item in enumerate(value):
            each(f"{where}[{index}]", item)

    return check


def mapping(fields: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    def check(where: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise BadPose(f"{where}: an object with fields is expected, not {value!r}")
        for key in value:
            if key not in fields:
                raise BadPose(f"{where}: there is no field {key!r}; known are {', '.join(sorted(fields))}")
        for key in required:
            if key not in value:
                raise BadPose(f"{where}: the field {key!r} is missing")
        for key, item in value.items():
            fields[key](f"{where}.{key}", item)

    return check


def either(*checks: Check, hint: str) -> Check:
    """One of several forms; the last refusal of the fitting shape is told, else the hint."""

    def check(where: str, value: Any) -> None:
        refusals = []
        for option in checks:
            try:
                option(where, value)
                return
            except BadPose as refusal:
                refusals.append(str(refusal))
        raise BadPose(f"{where}: {hint} is expected ({'; '.join(refusals)})")

    return check


POINT = numbers(3, -3, 3, least=3)
DIRECTION = numbers(3, -1000, 1000, least=3)
ATTACHED = mapping({"at": joint, "offset": POINT, "local": flag}, required=("at",))


def target(where: str, value: Any) -> None:
    """A place in the room: [x, y, z], or {"at": joint, "offset": [x, y, z], "local": true}."""
    (ATTACHED if isinstance(value, dict) else POINT)(where, value)


def place(where: str, value: Any) -> None:
    """A target, or the bare name of a joint."""
    (joint if isinstance(value, str) else target)(where, value)
