"""A clinic's photos as files in a folder, for hosts that have one."""

from collections.abc import Collection
from pathlib import Path

_SUFFIX = ".webp"


class PhotoFolder:
    """Keeps photos under the names they are asked for by; a device without room keeps none, and says nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, name: str, content: bytes) -> None:
        """Keep one, whole or not at all."""
        half = self._folder / f"{name}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            half.write_bytes(content)
            half.replace(self._folder / f"{name}{_SUFFIX}")
        except OSError:
            half.unlink(missing_ok=True)

    def kept(self) -> dict[str, bytes]:
        """All of them, by name."""
        return {path.stem: path.read_bytes() for path in self._folder.glob(f"*{_SUFFIX}")}

    def drop(self, but: Collection[str] = ()) -> None:
        """Delete all but these."""
        for path in self._folder.glob("*.*"):
            if path.suffix != _SUFFIX or path.stem not in but:
                path.unlink(missing_ok=True)
