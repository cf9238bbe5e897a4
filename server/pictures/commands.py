"""`python -m server.pictures`: draw to look at, check, put on a contact sheet, make the library's files."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from server.pictures.blind import write_sheets
from server.pictures.checks import all_of
from server.pictures.library import NAMES, Outcome, make
from server.pictures.posefile import PoseFile, read
from server.pictures.render import Artist
from server.pictures.schema import BadPose
from server.pictures.sheet import contact_sheet, look

LIBRARY = Path("assets/exercises")

Command = Callable[[Namespace], int]


def main(arguments: list[str]) -> int:
    """Run one command; returns the process's exit code."""
    wanted = _parser().parse_args(arguments)
    command: Command = wanted.command
    try:
        return command(wanted)
    except BadPose as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m server.pictures", description="Draw the exercise library.")
    parser.add_argument("--library", type=Path, default=LIBRARY, help="the folder of exercises")
    add = parser.add_subparsers(required=True, metavar="command").add_parser
    draw = add("draw", help="one picture to look at: start, end, and moments between")
    draw.add_argument("--size", type=int, default=320)
    draw.add_argument("--out", type=Path, default=Path("build/pictures"))
    check = add("check", help="measure the poses against the limits")
    sheet = add("sheet", help="many exercises on one sheet")
    sheet.add_argument("--size", type=int, default=160)
    sheet.add_argument("--columns", type=int, default=4)
    sheet.add_argument("--made", action="store_true", help="from the files that make has drawn")
    sheet.add_argument("--out", type=Path, required=True)
    blind = add("blind", help="numbered sheets for somebody who does not know the list, and the key")
    blind.add_argument("--size", type=int, default=320)
    blind.add_argument("--seed", type=int, default=1)
    blind.add_argument("--out", type=Path, required=True)
    build = add("make", help="draw the library's files that changed")
    build.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    build.set_defaults(command=_make)
    for command, run in ((draw, _draw), (check, _check), (sheet, _sheet), (blind, _blind)):
        command.add_argument("ids", nargs="*", metavar="ID", help="exercises; none means all")
        command.set_defaults(command=run)
    return parser


def chosen(wanted: Namespace) -> list[PoseFile]:
    """The exercises named, or all that have a pose file. Raises BadPose."""
    names = wanted.ids or sorted(path.parent.name for path in wanted.library.glob("*/pose.json"))
    return [read(wanted.library / name / "pose.json") for name in names]


def _draw(wanted: Namespace) -> int:
    wanted.out.mkdir(parents=True, exist_ok=True)
    for file in chosen(wanted):
        path = wanted.out / f"{file.id}.png"
        look(file, wanted.size).save(path)
        sys.stdout.write(f"{path}\n")
    return 0


def _check(wanted: Namespace) -> int:
    failed = 0
    for file in chosen(wanted):
        faults = all_of(file)
        failed += bool(faults)
        sys.stdout.write("".join(f"{file.id}: {fault}\n" for fault in faults) or f"{file.id}: all checks pass\n")
    return 1 if failed else 0


def _make(wanted: Namespace) -> int:
    def say(outcome: Outcome) -> None:
        sys.stdout.write(f"{outcome.id}: {outcome.error or 'drawn'}\n")
        sys.stdout.flush()

    return 0 if make(wanted.library, wanted.processes, say) else 1


def _sheet(wanted: Namespace) -> int:
    pair = _as_made if wanted.made else _as_drawn_now
    pictures = [(file.id, *pair(wanted.library, file, wanted.size)) for file in chosen(wanted)]
    contact_sheet(pictures, wanted.size, wanted.columns).save(wanted.out)
    sys.stdout.write(f"{wanted.out}\n")
    return 0


def _as_drawn_now(_: Path, file: PoseFile, size: int) -> tuple[Image.Image, Image.Image]:
    artist = Artist(file)
    return artist.still(0, size), artist.still(1, size)


def _as_made(library: Path, file: PoseFile, size: int) -> tuple[Image.Image, Image.Image]:
    """The library's files: quicker, and what patients see."""
    first, last = (Image.open(library / file.id / name).convert("RGB") for name in NAMES[:2])
    small = (size, size)
    return first.resize(small, Image.Resampling.LANCZOS), last.resize(small, Image.Resampling.LANCZOS)


def _blind(wanted: Namespace) -> int:
    for path in write_sheets(chosen(wanted), wanted.out, wanted.size, wanted.seed):
        sys.stdout.write(f"{path}\n")
    return 0
