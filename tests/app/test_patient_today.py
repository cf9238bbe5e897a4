"""Today: what to do now, and how safe the entries are."""

from pathlib import Path

from tests.app.patient_world import patient, version


async def test_today_greets_by_name_and_offers_the_session(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        ui = world.ui
        assert ui is not None
        assert ui.shows("Good morning, Ana")
        assert ui.shows("2 exercises")
        assert ui.has("start")
