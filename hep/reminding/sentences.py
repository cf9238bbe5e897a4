"""The white list: every sentence that may appear where others can see it, in every language, and where a tap leads.

Nothing here names an exercise, a part of the body, an illness, a clinic or a person, and nothing is put into a
sentence: there are no values in them. A sentence in no language of the list is the English one.
"""

from collections.abc import Mapping

from hep.reminding.due import Purpose

SENTENCES: Mapping[str, Mapping[Purpose, str]] = {
    "en": {
        Purpose.SESSION: "Time for your session",
        Purpose.FOLLOW_UP: "Still time for your session today",
        Purpose.MORNING: "A quick check-in is ready",
        Purpose.LAPSE_GENTLE: "A short session is ready when you are",
        Purpose.LAPSE_QUESTION: "A quick question is waiting for you",
        Purpose.PROGRAM_CHANGED: "Something new is ready for you",
        Purpose.TEST: "Reminders work on this device",
    },
    "es": {
        Purpose.SESSION: "Es hora de su sesión",
        Purpose.FOLLOW_UP: "Aún hay tiempo para su sesión de hoy",
        Purpose.MORNING: "Hay una pregunta breve para usted",
        Purpose.LAPSE_GENTLE: "Hay una sesión corta lista para cuando quiera",
        Purpose.LAPSE_QUESTION: "Le espera una pregunta breve",
        Purpose.PROGRAM_CHANGED: "Hay algo nuevo para usted",
        Purpose.TEST: "Los recordatorios funcionan en este dispositivo",
    },
}
"""Language → purpose → sentence."""

LANGUAGES = tuple(SENTENCES)
DEFAULT_LANGUAGE = "en"

_OPENS: Mapping[Purpose, str] = {Purpose.PROGRAM_CHANGED: "/program", Purpose.TEST: "/reminders"}


def sentence(purpose: Purpose, language: str = DEFAULT_LANGUAGE) -> str:
    """What is shown for a purpose; `language` as `es` or `es-MX`."""
    return SENTENCES.get(language.split("-")[0].lower(), SENTENCES[DEFAULT_LANGUAGE])[purpose]


def opens(purpose: Purpose) -> str:
    """The path of the screen that a tap opens: Today, unless the purpose has its own."""
    return _OPENS.get(purpose, "/")
