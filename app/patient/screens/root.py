"""Which screen is shown: by how the sign-in stands first, then by the route."""

import flet as ft

from app.parts.hooks import keyed, use_value
from app.patient.doing import SESSION_ROUTES, Doing
from app.patient.screens.exercise import ExerciseScreen
from app.patient.screens.finish import CorrectScreen, FinishScreen
from app.patient.screens.frame import Waiting
from app.patient.screens.join import JoinScreen
from app.patient.screens.player import PlayerScreen
from app.patient.screens.program import ProgramScreen
from app.patient.screens.progress import ProgressScreen
from app.patient.screens.reminders import RemindersScreen
from app.patient.screens.settings import SettingsScreen
from app.patient.screens.stop import StopScreen
from app.patient.screens.today import TodayScreen
from app.theme import LookContext

_SIMPLE = {
    "/program": ProgramScreen,
    "/progress": ProgressScreen,
    "/settings": SettingsScreen,
    "/reminders": RemindersScreen,
    "/join": JoinScreen,
}


@ft.component
def Root(model: Doing) -> ft.Control:
    """Draws again whenever the model tells."""
    _, set_turn = use_value(0)

    def watch() -> object:
        return model.listen(lambda: set_turn(lambda n: n + 1))

    ft.use_effect(watch, [])
    return LookContext(model.look, lambda: screen(model))


def screen(model: Doing) -> ft.Control:
    """The screen for the state as it is."""
    snapshot = model.snapshot
    if snapshot is None:
        return Waiting(model)
    outside = snapshot.profile is None and (snapshot.revoked or not snapshot.signed_in)
    if model.join.busy or model.join.others or outside:
        return keyed(JoinScreen, "join", model)
    if snapshot.profile is None and not snapshot.history.versions and model.route not in ("/settings", "/join"):
        return keyed(TodayScreen, "/", model)
    return routed(model)


def routed(model: Doing) -> ft.Control:
    """The screen of the route; an unknown route is Today."""
    route = model.route.split("?")[0]
    first, _, rest = route.strip("/").partition("/")
    if first == "exercise" and rest:
        return keyed(ExerciseScreen, route, model, rest)
    if first == "correct" and rest:
        return keyed(CorrectScreen, route, model, rest)
    if first == "stop":
        return keyed(StopScreen, route, model, rest or None)
    if route in SESSION_ROUTES and model.session is not None:
        plays = route == "/session" and model.session == model.here.open_session
        return keyed(PlayerScreen if plays else FinishScreen, f"{route} {model.session.id}", model, model.session)
    return keyed(_SIMPLE.get(route, TodayScreen), route, model)
