"""What channels say beside the white list of `hep.reminding`: the frame of a mail, of a code, of a calendar.

The same rules hold: nothing of a person, a clinic or health. The one value that is ever put in is a code of six digits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from hep.reminding import Purpose, sentence

T = TypeVar("T")

ENGLISH = "en"

_FOOT: Mapping[str, str] = {
    "en": "Open the app to go on. You can change or stop these messages there.",
    "es": "Abra la aplicación para continuar. Allí puede cambiar o detener estos mensajes.",
}
_CODE: Mapping[str, tuple[str, str, str]] = {
    "en": (
        "Your code",
        "is the code to be reminded by email. Type it in the app within 30 minutes.",
        "If you did not ask for it, do nothing: no more mail will come.",
    ),
    "es": (
        "Su código",
        "es el código para recibir recordatorios por correo. Escríbalo en la aplicación antes de 30 minutos.",
        "Si no lo pidió, no haga nada: no llegará más correo.",
    ),
}
_CALENDAR: Mapping[str, str] = {"en": "Reminders", "es": "Recordatorios"}


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and text of a mail."""

    subject: str
    text: str


def mail(purpose: str, language: str) -> Letter:
    """A reminder as mail."""
    said = sentence(Purpose(purpose), language)
    return Letter(said, f"{said}.\n\n{_of(_FOOT, language)}\n")


def code_mail(code: str, language: str) -> Letter:
    """The mail that confirms an address; `code` is six digits."""
    subject, meaning, otherwise = _of(_CODE, language)
    return Letter(subject, f"{code} {meaning}\n\n{otherwise}\n")


def calendar(language: str) -> str:
    """The name of the calendar."""
    return _of(_CALENDAR, language)


def _of(words: Mapping[str, T], language: str) -> T:
    return words.get(language.split("-")[0].lower(), words[ENGLISH])
