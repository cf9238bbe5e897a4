"""The people of the demo clinic. All of them are invented; none of their advice is meant for anyone."""

from server.demo.stories.arms import ARMS
from server.demo.stories.feet import FEET
from server.demo.stories.knees import KNEES
from server.demo.stories.spines import SPINES
from server.demo.story import Story

STORIES: tuple[Story, ...] = KNEES + ARMS + SPINES + FEET
"""Twenty-four patients. Their order is the order in which the clinic took them on, nothing more."""

THERAPISTS = (
    ("Dana Whitfield, PT, DPT", "dana@riverside.demo"),
    ("Luis Ortega, PT, OCS", "luis@riverside.demo"),
    ("Mei-Ling Chow, PT", "meiling@riverside.demo"),
)
"""Name and email; a story's `therapist` is an index into this."""

ADMIN = ("Robin Hale", "office@riverside.demo")
"""Name and email of who sets the clinic up and sees no patient."""
