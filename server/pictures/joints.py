"""The names a pose file may use for places on the body."""

CENTER = ("pelvis", "belly", "chest", "neck", "head", "chin", "mouth", "nose", "crown", "eyes")
PAIRED = (
    "hip",
    "knee",
    "ankle",
    "heel",
    "toe",
    "sole",
    "foot",
    "thigh",
    "shin",
    "sh",
    "elbow",
    "forearm",
    "wrist",
    "hand",
    "grip",
    "palm",
    "tips",
    "ear",
    "scapula",
)
JOINTS = frozenset([*CENTER, *(name + side for name in PAIRED for side in "RL")])


def mirrored(name: str) -> str:
    """The same joint on the other side; a joint of the middle is its own mirror image."""
    if name in CENTER:
        return name
    return name[:-1] + {"R": "L", "L": "R"}[name[-1]]
