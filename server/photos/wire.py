"""What passes between the server and its worker: a picture each way, its length before it."""

import struct
from dataclasses import dataclass

LENGTH = struct.Struct(">I")
"""Before a request (a letter for what is asked, and the picture) and before its answer (`+`, a header and the new
picture, or `-` and a code)."""

HEADER = struct.Struct(">HH?")
"""Width, height, whether the file told of a place."""

MOST_BYTES = 150 * 1024
"""Of a photo as it may be stored, inclusive."""

UPLOADED, ARCHIVED = b"u", b"a"
"""What a request begins with: a picture from anywhere, or one that may have been developed before."""


@dataclass(frozen=True, slots=True)
class Developed:
    """A picture as it may be stored: WebP. `had_location`: the file it came from told where it was taken."""

    content: bytes
    width: int
    height: int
    had_location: bool
