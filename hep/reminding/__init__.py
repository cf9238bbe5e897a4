"""Reminders: when one is due, whether it is still wanted, and the few sentences it may say.

Pure: no clock, no channel, nothing sent. A reminder is known by (patient, date, slot, purpose), never by a version of
the program, so that publishing anew reminds nobody twice. Sums of time are made in UTC only.
"""

from hep.reminding.agenda import agenda
from hep.reminding.choices import Reminding
from hep.reminding.due import Due, Purpose
from hep.reminding.lapse import FLAG_DAYS, silent_days
from hep.reminding.plan import plan, still_wanted
from hep.reminding.sentences import DEFAULT_LANGUAGE, LANGUAGES, SENTENCES, opens, sentence
from hep.reminding.taper import taper_offered

__all__ = [
    "DEFAULT_LANGUAGE",
    "FLAG_DAYS",
    "LANGUAGES",
    "SENTENCES",
    "Due",
    "Purpose",
    "Reminding",
    "agenda",
    "opens",
    "plan",
    "sentence",
    "silent_days",
    "still_wanted",
    "taper_offered",
]
