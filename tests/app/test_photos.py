"""The gallery: a photo is asked for once, again when it did not come, and never kept past the visit it belongs to."""

import asyncio

from app.parts.photos import Gallery


async def test_a_photo_wanted_twice_is_fetched_once() -> None:
    asked: list[str] = []

    async def fetch(name: str) -> bytes | None:
        asked.append(name)
        await asyncio.sleep(0)
        return b"photo"

    gallery = Gallery()
    await asyncio.gather(gallery.want("a", fetch), gallery.want("a", fetch))
    await gallery.want("a", fetch)
    assert (asked, gallery.held) == (["a"], {"a": b"photo"})


async def test_one_that_did_not_come_is_asked_for_when_it_is_shown_again() -> None:
    answers = iter([None, b"photo"])

    async def fetch(_: str) -> bytes | None:
        return next(answers)

    gallery = Gallery()
    await gallery.want("a", fetch)
    assert gallery.held == {}
    await gallery.want("a", fetch)
    assert gallery.held == {"a": b"photo"}


async def test_one_that_comes_after_the_visit_is_not_kept() -> None:
    come = asyncio.Event()

    async def fetch(_: str) -> bytes | None:
        await come.wait()
        return b"photo"

    gallery = Gallery()
    waiting = asyncio.ensure_future(gallery.want("a", fetch))
    await asyncio.sleep(0)
    gallery.forget()
    come.set()
    await waiting
    assert gallery.held == {}
