"""How strongly each pixel of the body is tinted as a working muscle, 0 to 1."""

import numpy as np

from server.pictures.muscles import Patch, patches
from server.pictures.raster import Buffers, Floats
from server.pictures.shapes import Cone, Part
from server.pictures.vectors import smoothstep, unit, vec


def tint(b: Buffers, parts: list[Part], names: list[str]) -> Floats:
    out = np.zeros((b.width, b.width), np.float32)
    for name in names:
        side, where = patches(name)
        for patch in where:
            for index, part in enumerate(parts):
                if isinstance(part, Cone) and part.segment == patch.segment and side in (0, part.side):
                    _add(out, b, part, index, patch)
    return out


def _add(out: Floats, b: Buffers, cone: Cone, index: int, patch: Patch) -> None:
    area = b.windows.get(index)
    if cone.frame is None or area is None:
        return
    mask = b.part[area] == index
    x, y, outward = patch.facing
    facing = b.camera.see(cone.frame @ unit(vec(x, y, outward * (cone.side or 1)))).astype(np.float32)
    low, high = cone.stretch
    along = low + b.share[area][mask] * (high - low)
    whole = patch.low <= 0 and patch.high >= 1
    off_middle = np.zeros_like(along) if whole else np.abs((along - patch.low) / (patch.high - patch.low) * 2 - 1)
    needed = patch.threshold + 0.6 * off_middle * off_middle * off_middle
    n = b.normal[area][mask]
    turned = n[:, 0] * facing[0] + n[:, 1] * facing[1] + n[:, 2] * facing[2] - needed
    weight = smoothstep(turned, -0.22, 0.12) * (1 - smoothstep(off_middle, 0.85, 1.05))
    out[area][mask] = np.maximum(out[area][mask], weight)
