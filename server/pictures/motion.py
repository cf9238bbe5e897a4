"""The order of moments: hold the start, go smoothly to the end, hold, go back."""

from dataclasses import dataclass

from server.pictures.posefile import PoseFile, blend
from server.pictures.presets import Pose

_HOLD_START, _HOLD_END = 0.7, 1.0


def moment(file: PoseFile, at: float) -> Pose:
    """The whole pose at 0 (start) … 1 (end) … 2 (start again, by way of `back` if the file has one)."""
    if at <= 1:
        return _through(file.start, file.mid, file.mid_at, file.end, at)
    if file.back is None:
        return moment(file, 2 - at)
    return _through(file.end, file.back, file.back_at, file.start, at - 1)


def _through(first: Pose, middle: Pose | None, middle_at: float, last: Pose, at: float) -> Pose:
    if at <= 0:
        return first
    if at >= 1:
        return last
    if middle is None:
        return blend(first, last, at)
    if at < middle_at:
        return blend(first, middle, at / middle_at)
    return blend(middle, last, (at - middle_at) / (1 - middle_at))


@dataclass(frozen=True)
class Frame:
    """A moment and how long it is shown, in milliseconds; `glow` is the strength of the tint."""

    at: float
    milliseconds: int
    glow: float
    press: float = 0.0


def frames(file: PoseFile, steps: int, milliseconds: int) -> list[Frame]:
    """The loop: hold, `steps` moments out, hold, the same number back."""
    hold_start, hold_end = file.get("hold", [_HOLD_START, _HOLD_END])
    ease = [step / steps for step in range(1, steps)]
    smooth = [t * t * (3 - 2 * t) for t in ease]
    out = [Frame(0, _ms(hold_start, milliseconds), 0)]
    out += [Frame(t, milliseconds, t) for t in smooth]
    out += _held_end(file, hold_end, milliseconds)
    return out + [Frame(1 + t, milliseconds, 1 - t) for t in smooth]


def _held_end(file: PoseFile, seconds: float, milliseconds: int) -> list[Frame]:
    if not file.get("pulse", False):
        return [Frame(1, _ms(seconds, milliseconds), 1)]
    beat = int(max(seconds, 0.6) * 1000 / 4)
    return [Frame(1, beat, glow, press) for glow, press in ((1, 1), (0.45, 0.4), (1, 1), (0.45, 0.4))]


def _ms(seconds: float, least: int) -> int:
    return max(int(seconds * 1000), least)
