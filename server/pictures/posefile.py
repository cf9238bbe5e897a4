"""Reads and checks one `pose.json`, and turns it into whole poses: start, moments between, end.

Refuses everything it does not know, naming the exercise and the field (`BadPose`). Whether a body can
do what the file says is not decided here but measured by `checks`.
"""

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.pictures import fields
from server.pictures.joints import mirrored
from server.pictures.kinds import check_equipment
from server.pictures.muscles import muscle
from server.pictures.presets import LYING, PRESETS, Pose
from server.pictures.schema import BadPose, Check, flag, joint, listing, mapping, number, numbers, one_of, text

_TOP: dict[str, Check] = {
    "id": text,
    "base": one_of(*PRESETS),
    "start": mapping(fields.POSE),
    "end": mapping(fields.POSE),
    "mid": mapping(fields.POSE),
    "mid_at": number(0.05, 0.95),
    "back": mapping(fields.POSE),
    "back_at": number(0.05, 0.95),
    "view": mapping(fields.VIEW, ("yaw",)),
    "equipment": listing(check_equipment),
    "muscles": listing(muscle),
    "arrows": listing(mapping(fields.ARROW)),
    "bare": flag,
    "floor": flag,
    "ghost": flag,
    "pulse": flag,
    "puff": fields.PUFF,
    "hold": numbers(2, 0, 3, least=2),
    "steps": number(2, 12),
    "supports": listing(joint),
    "isometric": flag,
    "unbalanced": text,
    "neighbors": listing(text),
    "note": text,
}
_MIRRORED_POINTS = ("foot", "hand", "pole", "toe", "hdir", "palm")
_ANGLE_KIND = {"leg": ("hip", "knee", "ankle"), "arm": ("sh", "elbow")}
_TARGET_KIND = {"leg": ("foot", "pole", "sole", "toe"), "arm": ("hand", "pole", "hdir", "palm")}
_WRIST = ("pron", "wrist", "dev")
LIMBS = ("Rleg", "Lleg", "Rarm", "Larm")
_FULL = {"tilt": 4, "spine": 2, "neck": 3, "head": 3, "gaze": 2, "hip": 3, "sh": 3}


@dataclass(frozen=True)
class PoseFile:
    """A checked description; the poses are whole (the preset and all differences merged in)."""

    id: str
    lying: str
    start: Pose
    end: Pose
    mid: Pose | None
    mid_at: float
    back: Pose | None
    back_at: float
    source: dict[str, Any]

    def get(self, key: str, default: Any = None) -> Any:
        return self.source.get(key, default)


def read(path: Path) -> PoseFile:
    """The file's description. Raises BadPose, also when the id is not the folder's name."""
    name = path.parent.name
    try:
        source = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadPose(f"{name}: pose.json cannot be read: {error}") from error
    if not isinstance(source, dict) or source.get("id") != name:
        raise BadPose(f"{name}.id: the id must be the folder's name {name!r}")
    return parse(source)


def parse(source: dict[str, Any]) -> PoseFile:
    """Raises BadPose naming exercise and field."""
    name = str(source.get("id", "?"))
    mapping(_TOP, ("id", "base", "view"))(name, source)
    _check_arrows(name, source.get("arrows", []))
    base = source["base"]
    start = _merge(_whole(PRESETS[base]), _sided(source.get("start", {})), f"{name}.start", replace=True)
    end = _merge(start, _sided(source.get("end", {})), f"{name}.end")
    gazing = float(any((*start["gaze"], *end["gaze"])))
    start["gazing"] = end["gazing"] = gazing
    between = {
        key: None if key not in source else _Difference(_sided(source[key]), f"{name}.{key}") for key in ("mid", "back")
    }
    mid_at, back_at = float(source.get("mid_at", 0.5)), float(source.get("back_at", 0.5))
    return PoseFile(
        id=name,
        lying=LYING[base],
        start=start,
        end=end,
        mid=_between(start, end, mid_at, between["mid"]),
        mid_at=mid_at,
        back=_between(end, start, back_at, between["back"]),
        back_at=back_at,
        source=source,
    )


@dataclass(frozen=True)
class _Difference:
    changes: Pose
    where: str


def _between(first: Pose, second: Pose, share: float, difference: _Difference | None) -> Pose | None:
    if difference is None:
        return None
    return _merge(blend(first, second, share), difference.changes, difference.where)


def blend(a: Pose, b: Pose, t: float) -> Pose:
    """The pose a share t of the way from a to b, field by field."""
    return {key: _blend(a[key], b[key], t) if key in a and key in b else a.get(key, b.get(key)) for key in a | b}


def _blend(a: Any, b: Any, t: float) -> Any:
    if isinstance(a, dict) and isinstance(b, dict) and not _is_target(a) and not _is_target(b):
        return blend(a, b, t)
    if isinstance(a, dict) or isinstance(b, dict):
        return _blend_targets(a, b, t)
    if isinstance(a, list):
        return [_blend(x, y, t) for x, y in zip(a, b, strict=True)]
    return a + (b - a) * t


def _is_target(value: Pose) -> bool:
    return "at" in value or "parts" in value


def _blend_targets(a: Any, b: Any, t: float) -> Any:
    return a if a == b else {"parts": [[1 - t, a], [t, b]]}


def _whole(preset: Pose) -> Pose:
    plain: Pose = {"tilt": [], "spine": [], "neck": [], "head": [], "gaze": []}
    zero = {"twist": 0, "sidebend": 0, "lips": 0, "mouth": 0, "belly": 0, "chest": 0}
    return _sided({**plain, **zero, **preset})


def _sided(changes: Pose) -> Pose:
    """`legs` and `arms` spread over both sides, the left one mirrored; short lists filled with zeros."""
    out: Pose = {}
    for key, value in changes.items():
        if key in ("legs", "arms"):
            limb = key[:-1]
            out["R" + limb] = _filled({**value, **out.get("R" + limb, {})})
            out["L" + limb] = {**_mirror(_filled(value)), **out.get("L" + limb, {})}
        elif key in LIMBS:
            out[key] = {**out.get(key, {}), **_filled(value)}
        else:
            out.update(_filled({key: value}))
    return out


def _filled(values: Pose) -> Pose:
    out = copy.deepcopy(values)
    for key, size in _FULL.items():
        if key in out:
            out[key] = [*out[key], *[0] * (size - len(out[key]))]
    return out


def _mirror(limb: Pose) -> Pose:
    return {key: _mirror_point(value) if key in _MIRRORED_POINTS else value for key, value in limb.items()}


def _mirror_point(value: Any) -> Any:
    if not isinstance(value, dict):
        return [value[0], value[1], -value[2]]
    x, y, z = value.get("offset", [0, 0, 0])
    return {**value, "at": mirrored(value["at"]), "offset": [x, y, -z]}


def _merge(pose: Pose, changes: Pose, where: str, replace: bool = False) -> Pose:
    out = copy.deepcopy(pose)
    for key, value in changes.items():
        if key not in LIMBS:
            out[key] = copy.deepcopy(value)
            continue
        limb = out.setdefault(key, {})
        _settle_kind(limb, value, f"{where}.{key}", key[1:], replace)
        limb.update(copy.deepcopy(value))
    return out


def _settle_kind(limb: Pose, changes: Pose, where: str, kind: str, replace: bool) -> None:
    """One limb is posed by angles or by a target, the same way all through; `start` may replace the preset's way."""
    goal = {"leg": "foot", "arm": "hand"}[kind]
    wants_target = goal in changes
    wants_angles = any(key in changes for key in _ANGLE_KIND[kind][:2])
    if wants_target and wants_angles:
        raise BadPose(f"{where}: either angles or the target {goal!r}, not both")
    if not replace:
        if (wants_target and goal not in limb) or (wants_angles and goal in limb):
            raise BadPose(
                f"{where}: this limb starts with {'a target' if goal in limb else 'angles'} and must keep to it"
            )
        return
    if wants_target and (goal not in limb or kind == "arm"):
        _drop(limb, (*_ANGLE_KIND[kind], *_WRIST, *_TARGET_KIND[kind]))
    elif wants_angles:
        _drop(limb, _TARGET_KIND[kind])


def _drop(limb: Pose, keys: tuple[str, ...]) -> None:
    for key in keys:
        limb.pop(key, None)


def _check_arrows(name: str, arrows: list[dict[str, Any]]) -> None:
    needs = {"press": ("at", "dir"), "turn": ("at", "axis", "radius")}
    for index, arrow in enumerate(arrows):
        where = f"{name}.arrows[{index}]"
        kind = arrow.get("kind", "path")
        if kind == "path" and ("track" in arrow) == ("pts" in arrow):
            raise BadPose(f"{where}: an arrow needs either 'track' or 'pts'")
        for key in needs.get(kind, ()):
            if key not in arrow:
                raise BadPose(f"{where}: an arrow of kind {kind!r} needs {key!r}")
