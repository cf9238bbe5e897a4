"""Writes the file."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import orjson

from hep import codec
from hep.own import OwnExercise

FORM = 1
"""The version of the form."""

MANIFEST = "library.json"


def written(own: Iterable[OwnExercise], photos: Mapping[str, bytes]) -> bytes:
    """The file of these exercises and photos: the same bytes for the same content."""
    listed = sorted(own, key=lambda each: each.exercise.id)
    sink = BytesIO()
    with ZipFile(sink, "w") as file:
        retired = [each.exercise.id for each in listed if each.retired]
        _add(file, MANIFEST, _json({"stepwise_library": FORM, "retired": retired}), ZIP_DEFLATED)
        for each in listed:
            _add(file, f"exercises/{each.exercise.id}.json", _json(codec.dump(each.exercise)), ZIP_DEFLATED)
        for sha256, content in sorted(photos.items()):
            _add(file, f"photos/{sha256}.webp", content, ZIP_STORED)
    return sink.getvalue()


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)


def _add(file: ZipFile, name: str, content: bytes, how: int) -> None:
    entry = ZipInfo(name)
    entry.compress_type = how
    entry.external_attr = 0o644 << 16
    file.writestr(entry, content)
