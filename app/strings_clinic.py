"""The therapist's words. Plain, second person where someone is spoken to, fact then next step."""

from collections.abc import Callable, Sequence

from hep.views import DayMark

PRODUCT = "Stepwise"

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TODAY, YESTERDAY = "Today", "Yesterday"
AM, PM = "am", "pm"

SIGN_IN = "Sign in"
SIGN_IN_HELP = "For therapists. Patients open the link from their invitation."
EMAIL = "Email"
PASSWORD = "Password"  # noqa: S105 - a label
SHOW_TYPED = "Show what is typed"
HIDE_TYPED = "Hide what is typed"
SIGNING_IN = "Signing in"
FILL_BOTH = "Enter your email and your password."

CASELOAD = "Caseload"
ADD_PATIENT = "Add patient"
FIND_PATIENT = "Find a patient"
TEXT_SIZE = "Text size"
RELOAD = "Reload"
TRY_AGAIN = "Try again"
LOADING = "Loading"
BACK_TO_CASELOAD = "Back to caseload"

COLUMNS = ("Patient", "Why now", "Pattern", "Last 14 days", "Morning pain", "Last seen", "")
GROUP = {"today": TODAY, "this_week": "This week", "on_track": "On track"}
SHOW = {"all": "All", "mine": "Mine", "unopened": "New version not opened"}
ON_TRACK_HINT = "Nothing to do for them today"
REVIEW = "Review"
REVIEW_NOW = "Review now"
NO_PATIENTS = "No patients yet"
NO_PATIENTS_HELP = "Add your first patient, then build a program and invite them."
NOTHING_FOUND = "No patient fits this search and filter."
SHOW_ALL = "Show all patients"
NEVER_SEEN = "Not yet"
NO_MORNING = "No answer"
NO_PROGRAM = "no program yet"
LEGEND = {
    "done": "done",
    "partial": "partly",
    "skipped": "skipped",
    "unknown": "not known",
    "upcoming": "still to come",
    "rest": "nothing due",
}
LAST_KNOWN = "Below is what was last known. Changes wait until the clinic can be reached."


def _inside(moment: str) -> str:
    """A moment such as `Today, 8:00 am` in the middle of a sentence."""
    near = moment.startswith((TODAY, YESTERDAY))
    return moment[:1].lower() + moment[1:] if near else moment


def from_patient(moment: str) -> str:
    """Whose words these are, and since when."""
    return f"From the patient, {_inside(moment)}"


def counts(patients: int, today: int) -> str:
    """The line under the heading of the caseload."""
    who = "1 patient" if patients == 1 else f"{patients} patients"
    need = "nobody needs you" if today == 0 else "1 needs you" if today == 1 else f"{today} need you"
    return f"{who}. Today {need}."


def on_track(count: int) -> str:
    """The heading of the group that needs nothing."""
    return "1 patient on track" if count == 1 else f"{count} patients on track"


def strip_label(days: Sequence[DayMark], kind_of: Callable[[str], str]) -> str:
    """The strip of days in words."""
    kinds = [kind_of(day.state) for day in days]
    named = [f"{kinds.count(kind)} {word}" for kind, word in LEGEND.items() if kind in kinds]
    return f"Last {len(days)} days: " + (", ".join(named) or "nothing due")


def spark_label(given: Sequence[int]) -> str:
    """The line of morning pain in words."""
    if not given:
        return "Morning pain: no answers"
    return f"Morning pain: {', '.join(map(str, given))} of 10, latest {given[-1]}"


NOT_OPENED = "New version not opened"


def sign_out(name: str) -> str:
    """The way out, naming who is in."""
    return f"Sign out {name}".strip()


WHO = "Who"
NAME = "Name"
BIRTH = "Birth date (year-month-day)"
ZONE = "Time zone"
WHAT_FOR = "What for"
PROBLEM = "Problem"
PROBLEM_HINT = "Right knee replacement"
REGION = "Region"
CHOOSE_REGION = "Choose a region"
BUDGET = "Minutes per session, if limited"
PRECAUTIONS_TITLE = ("Precautions", "Exercises that do not fit are blocked or ask for a written reason.")
AT_HOME_TITLE = ("Equipment at home", "The library can be narrowed to it.")
SAVE_PATIENT = "Save and build the program"
NAME_NEEDED = "Write a name of 1 to 120 characters."
BIRTH_NEEDED = "Write a date such as 1961-04-03."
ZONE_NEEDED = "Write a zone such as America/New_York."
PROBLEM_NEEDED = "Write what the care is for."
REGION_NEEDED = "Choose the region."
BUDGET_WRONG = "Write whole minutes from 1 to 240, or nothing."


def to_correct(count: int, names: Sequence[str] = ()) -> str:
    """How many fields need another look, and which."""
    said = "1 entry needs another look" if count == 1 else f"{count} entries need another look"
    return f"{said}: {', '.join(names)}." if names else f"{said}."


def plain(code: str) -> str:
    """A code of the library as words: `side_lying` as `Side lying`."""
    return _PLAIN.get(code, code.replace("_", " ").capitalize())


def picture_of(name: str) -> str:
    """The accessible name of a picture."""
    return f"Picture: {name}"


def reviewed_by(reviewer: str, credentials: str, on: str) -> str:
    """Who looked an exercise over, and when."""
    return f"Reviewed by {reviewer}, {credentials}, {on}"


def look_at(name: str) -> str:
    """The button that shows an exercise in full."""
    return f"How it is done: {name}"


def use_instead(name: str) -> str:
    """The button that puts an exercise in the place of another one."""
    return f"Use instead: {name}"


def without(precaution: str) -> str:
    """What leaves out the exercises that a precaution warns of."""
    return f"Without: {precaution}"


def capital(said: str) -> str:
    """With a capital first letter, the rest as it is."""
    return said[:1].upper() + said[1:]


_PLAIN = {
    "rom": "Range of motion",
    "lumbar_core": "Low back and core",
    "ankle_foot": "Ankle and foot",
    "elbow_wrist_hand": "Elbow, wrist, hand",
    "balance_vestibular": "Balance and vestibular",
}


DOSE_NAMES = {"sets": "sets", "reps": "repetitions", "hold_s": "hold", "duration_s": "duration", "rest_s": "rest"}


def less(name: str) -> str:
    """The minus of a figure."""
    return f"Less: {name}"


def more(name: str) -> str:
    """The plus of a figure."""
    return f"More: {name}"


def dose_figure(field: str, value: int | None) -> str:
    """A figure of the dose with its unit."""
    if field == "sets":
        return "1 set" if value == 1 else f"{value} sets"
    if field == "reps":
        return f"{value or 0} reps"
    if field == "duration_s" and value and value >= 120 and value % 60 == 0:
        return f"{value // 60} min"
    unit = {"hold_s": "s hold", "duration_s": "s", "rest_s": "s rest"}[field]
    return f"{value or 0} {unit}"


PROGRAM = "Program"
NO_PROGRAM_YET = "No program yet"
NO_PROGRAM_HELP = "Build the first version, then invite the patient."
EDIT_PROGRAM = "Edit program"
BUILD_PROGRAM = "Build program"
GO_ON_DRAFT = "Go on with your draft"
VERSION = "Version"
CHANGED = "changed"
ADDED = "new"
IN_SHORT = "in the short version"
NOT_OPENED_YET = "Not opened by the patient yet"
CHANGE_ICON_WORDS = {"added": "added", "removed": "removed", "changed": "changed"}

PROPOSALS = "Proposals"
NOTHING_CHANGES = "Nothing changes until you decide"
NO_PROPOSALS = "No proposal waits."
ACCEPT = "Accept"
MODIFY = "Modify"
DECLINE = "Decline"
CANCEL = "Cancel"
WHY_MODIFY = "Why this dose instead"
WHY_DECLINE = "Why not now"
REASON_NEEDED = "Write a reason."
SEND_DECISION = {"modify": "Set this dose", "decline": "Decline the proposal"}
STAYS = "stays"
NEXT_RUNG = "next step of the ladder"
DECIDED = {"accepted": "Accepted", "modified": "Modified", "declined": "Declined"}
DECIDED_BEFORE = "Decided before"

FLAGS = "Needs a look"
LOCKED = "Stays so until you clear this."
CLEAR = "Clear"
CLEAR_NOTE = "What you found and decided"
CLEAR_DO = "Clear and unlock"

TRENDS = "Sessions and pain"
SESSIONS_PER_WEEK = "Sessions per week"
PAIN_SCALE = "Pain, 0 to 10"
DURING = "during exercise"
MORNING = "next morning"
AS_TABLE = "Show as table"
AS_CHART = "Show as chart"
ALL_EXERCISES = "All exercises"
EXERCISE = "Exercise"
NOTHING_LOGGED = "Nothing is logged yet. Sessions appear here as they arrive."
WEEK_COLUMNS = ("Week of", "Due", "Done", "Partly", "Skipped", "Not known", "Not logged")
PAIN_COLUMNS = ("Date", "During", "After", "Next morning")
LOAD_COLUMNS = ("Date", "Best set", "Load", "Pain")
NO_BASELINE = "No morning baseline yet: fewer than three answers in 14 days."

RECENT = "Recent sessions"
SHOW_MORE = "Show all {count}"
SHOW_FEWER = "Show fewer"
STATE_WORDS = {
    "done": "Done",
    "partial": "Partly done",
    "skipped": "Skipped",
    "unknown": "Not known",
    "not_logged": "Not logged",
    "upcoming": "Still to come",
    "rest": "Nothing due",
    "paused": "Paused",
}
PROVENANCE = {
    "live_timed": "timed live",
    "same_day": "entered the same day",
    "back_filled": "entered later, an estimate",
    "paper": "from paper",
}
NOT_ENDED = "not ended"
CORRECTED = "corrected"
SET_COLUMNS = ("Set", "Side", "Done", "Pain", "Effort")
SIDES = {"left": "Left", "right": "Right", "both": "Both"}
NOT_GIVEN = "–"

ACCESS = "Phones and invitations"
NO_PHONE = "No phone is connected yet."
INVITE = "Invite"
INVITED_ONCE = "Shown once. Hand it over now; it cannot be shown again."
LINK = "Link"
CODE = "Code"
CODE_HELP = "The code also asks for the birth date."
COPY_LINK = "Copy link"
COPY_CODE = "Copy code"
REVOKE_PHONE = "Sign this phone out"
REVOKE_SURE = "Sign out for good?"
REVOKE_YES = "Yes, sign out"
KEEP = "Keep"
WITHDRAW = "Withdraw"
SIGNED_OUT_PHONE = "Signed out"
RELEASE = "Take into the record"
DISCARD = "Throw away"
INVITATION_STATE = {"open": "Open", "used": "Used", "expired": "Expired", "revoked": "Withdrawn"}
MESSAGES = "Messages"

REMINDERS = "Reminders"
NO_WAY = "No way to remind this patient is set up on a phone yet. The list in the app is always there."
NOTHING_SENT = "Nothing was sent yet."
NEVER_OPENED = "never opened from one"
WAYS = {"webpush": "Notifications", "email": "Email", "ntfy": "ntfy"}
WAY_STATES = {
    "blocked": "Notifications are blocked on this phone. The app shows how to allow them.",
    "unsupported": "This browser cannot show notifications.",
    "gone": "This phone no longer takes messages. Opening the app there connects it again.",
    "unconfirmed": "The address is not confirmed yet.",
}

CHANNELS = "Reminders"
CHANNELS_HELP = (
    "By which ways your clinic reminds patients. Messages hold one of a few neutral sentences, nothing else."
)
IN_USE, NOT_IN_USE = "In use", "Off"
ON_PHONES = "Notifications on phones"
ON_PHONES_ON = "Patients can switch them on in the app."
ON_PHONES_OFF = "Whoever runs the server can switch them on (PUSH_CONTACT)."
BY_EMAIL = "Email"
BY_EMAIL_HELP = "By your own mail server. Patients confirm their address first. Mail is the least private way."
MAIL_HOST = "Mail server, such as mail.example.org"
MAIL_PORT = "Port"
ENCRYPTION = "Encryption"
ENCRYPTIONS = {"starttls": "STARTTLS (587)", "tls": "TLS from the start (465)", "none": "None, this machine only"}
MAIL_USER = "User name, empty for none"
MAIL_PASSWORD = "Password"  # noqa: S105 - a label
MAIL_SENDER = "Sender's address"
MAIL_SENDER_HELP = "Everybody who sees the inbox sees it: choose one that does not say what you treat."
SECRET_HELP = "Stored sealed. It is never shown again."  # noqa: S105 - a label
SECRET_STORED = "One is stored and never shown. Type a new one to replace it."  # noqa: S105 - a label
SECRET_LOST = "The stored password cannot be opened by this server any more. Type it again."  # noqa: S105 - a label
OFFER_TO_PATIENTS = "Offer to patients"
SAVE_CHANNEL = "Save"
CHANNEL_SAVED = "Saved."
FILL_SERVER = "Enter the mail server, its port and the sender's address."
FILL_ADDRESS = "Enter the address of the ntfy server."
TRIAL_TO = "Send a test to"
TRY_MAIL = "Send a test"
BY_NTFY = "ntfy"
BY_NTFY_HELP = "For phones with the ntfy app. Each phone listens to a random topic of its own."
NTFY_URL = "Server, such as https://ntfy.example.org"
NTFY_TOKEN = "Access token, empty for none"  # noqa: S105 - a label
TRY_NTFY = "Try the server"
TRIAL_SENT = "The server took the message."


def unreached(since: str, *, ever: bool) -> str:
    """Since when no reminder was taken by any way."""
    return f"Reminders: {'not' if ever else 'never'} reached since {_inside(since)}"


def last_sent(moment: str, opened: str) -> str:
    """When a message was last handed over, and what is known of opening."""
    return f"Last handed over {_inside(moment)}, {opened}."


def last_opened(moment: str) -> str:
    """When the app was last opened from a reminder."""
    return f"last opened {_inside(moment)}"


def way(kind: str, device: str) -> str:
    """One way to reach a patient."""
    return f"{WAYS.get(kind, kind)}, {device}" if device else WAYS.get(kind, kind)


def way_state(state: str, code: str | None, last: str) -> str:
    """How that way is doing; `last` is when a message was last handed over there, empty for never."""
    if code == "permission_unsupported":
        return WAY_STATES["unsupported"]
    if state in WAY_STATES:
        return WAY_STATES[state]
    if not last:
        return f"No message was taken here so far ({code})" if code else NOTHING_SENT
    said = f"Last handed over {_inside(last)}"
    return f"{said}; then it failed ({code})" if code else said


def trial_failed(code: str) -> str:
    """Why a trial did not arrive; `code` is the server's."""
    return f"{TRIALS.get(code, 'The message was not taken. Check the entries.')} ({code})"


TRIALS = {
    "mail_sign_in_refused": "The mail server refused the user name or password.",
    "mail_not_encrypted": "The mail server offers no encryption, so nothing was sent.",
    "mail_certificate": "The mail server's certificate is not valid for this name.",
    "mail_timed_out": "The mail server did not answer in time.",
    "mail_unreachable": "The mail server cannot be reached.",
    "mail_unknown_host": "There is no server of this name.",
    "ntfy_unreachable": "The ntfy server cannot be reached.",
    "ntfy_unknown_host": "There is no server of this name.",
    "ntfy_timed_out": "The ntfy server did not answer in time.",
    "ntfy_401": "The ntfy server refused the access token.",
    "ntfy_403": "The ntfy server refused the access token.",
    "address_barred": "The server may not go there. Ask whoever runs it.",
}


def week_line(problem: str, week: int, therapist: str) -> str:
    """The line under a patient's name."""
    return f"{problem}, week {week}. {therapist}".strip()


def acknowledged(moment: str) -> str:
    """When the patient saw the version."""
    return f"Opened by the patient {_inside(moment)}"


def in_force(day: str) -> str:
    """Since when a version counts."""
    return f"In force from {day}"


def changed_from(version: int) -> str:
    """The heading of what a version changed."""
    return "First version" if version <= 1 else f"What changed from version {version - 1}"


def reason_by(reason: str, author: str) -> str:
    """Why a version was made, and by whom."""
    return f"Reason: {reason.rstrip('.')}. {author}"


def goal(text: str) -> str:
    """What an exercise is for."""
    return f"For: {text}"


def waits(count: int) -> str:
    """Entries in quarantine."""
    return "1 entry waits for your decision" if count == 1 else f"{count} entries wait for your decision"


def pain_after(pain: int | None) -> str:
    """Pain after a session."""
    return "pain after not given" if pain is None else f"pain after {pain}"


def baseline(value: str) -> str:
    """The morning baseline."""
    return f"Morning baseline {value}: the median of the answers of 14 days."


def weeks_label(weeks: Sequence[tuple[str, int, int]]) -> str:
    """The weekly bars in words: (week, done, due)."""
    return "Sessions per week: " + "; ".join(f"week of {week}, {done} of {due} done" for week, done, due in weeks)


def pain_label(first: str, last: str, during: Sequence[int], morning: Sequence[int]) -> str:
    """The pain chart in words."""
    parts = [
        f"{name} from {values[0]} to {values[-1]}" for name, values in ((DURING, during), (MORNING, morning)) if values
    ]
    return f"Pain from {first} to {last}: " + ("; ".join(parts) or "none given")


def amounts_label(points: Sequence[tuple[str, int, str]]) -> str:
    """The best sets in words: (date, amount, load)."""
    return "Best set: " + "; ".join(f"{on} {amount} {load}".strip() for on, amount, load in points)


def valid_until(moment: str) -> str:
    """Until when an invitation can be used."""
    return f"Can be used until {_inside(moment)}"


def last_seen(moment: str) -> str:
    """When a phone last spoke to the clinic."""
    return f"Last seen {_inside(moment)}"


WHY_SETTLE = "Why"


def name_age(name: str, age: int) -> str:
    """The heading of a patient's page."""
    return f"{name}, {age}"


BUILDER_CLOSE = "Close without publishing"
DRAFT_KEPT = "The draft stays here while this tab is open."
PUBLISH = "Publish"
PUBLISHING = "Publishing"
PUBLISH_VERSION = "Publish version {version}"
REASON_GIVEN = "The reason the patient is told with this version is written."
PICTURE_MOTION = ("Play the movement", "Stop the movement")
HOW_TO = "How it is done"
CAREFUL = "What the patient is told to take care of"
WHY_FOR_PATIENT = "What the patient is told it is for"
LADDER = "Easier and harder"
EASIER, HARDER = "Easier", "Harder"
NOT_REVIEWED = "Not yet reviewed by a clinician"
BLOCKS, WARNS = "Blocked with: {flag}", "Needs your review with: {flag}"
BACK_TO_LIBRARY = "Back to the library"
USUAL_DOSE = "Usual dose"
USE_INSTEAD = "Use instead"
ADD_IT = "Add to the program"
AVOID = "Precautions"
AVOID_NONE = "With any precaution"
AVOID_THEIRS = "Without this patient's precautions"
SEARCH_LIBRARY = "Search {count} exercises"
TYPE = "Type"
POSITION = "Position"
ANY_REGION = "Any region"
ANY_TYPE = "Any type"
ANY_POSITION = "Any position"
AT_HOME_CHIP = "At home"
ADDED_ALREADY = "Added"
BLOCKED = "Blocked"
NO_EXERCISE = "No exercise fits. Use fewer words or filters."


def outside_filters(count: int, filters: Sequence[str]) -> str:
    """What the filters keep out is found without them."""
    return f"Nothing under {', '.join(filters)}. Found outside: {exercises(count)}."


CLEAR_FILTERS = "Search the whole library"
PER_SESSION = "{minutes} min per session"
PER_WEEK = "about {minutes} min a week"
BUDGET_OF = "{name} has {minutes} min"
BURDEN_EMPTY = "Add exercises from the library. Three or fewer are followed best."
SHORT_VERSION = "In the short version"
MOVE_UP = "Move up"
REMOVE = "Remove"
DETAILS = "Schedule, load and more"
SIDE = "Side"
GOAL = "For"
CHOOSE_GOAL = "Choose a goal"
GOALS = "Goals"
NO_GOALS = "Write the patient's goal first: every exercise serves one."
ADD_GOAL = "Add goal"
GOAL_TEXT = "In the patient's words"
GOAL_HINT = "Walk to the bus stop without a stop"
INTENTS = {"function": "Daily life", "capacity": "Strength, range or endurance"}
MEASURE = "Measure"
BASELINE_FIELD = "Now"
TARGET_FIELD = "Target"
TARGET_ON = "By (year-month-day)"
NUMBER_WRONG = "Write a number, or nothing."
DATE_WRONG = "Write a date such as 2027-01-31, or nothing."
GOAL_NEEDED = "Write the goal."
REASON = "Why this version?"
REASON_HELP = "The patient sees it in plain words."
REASON_QUICK = (
    "Starting program",
    "Sessions complete, pain low",
    "Pain was too high",
    "Fits the day better",
    "Goal changed",
)
WARNINGS = "Worth a second look"
ACCEPT_WARNING = "Why it is right for this patient"
ACCEPT_WARNING_DO = "Accept with this reason"
RHYTHMS = {"daily": "Every day", "weekdays": "Certain days", "per_week": "Times a week"}
HOW_OFTEN = "How often"
TIMES_A_DAY = "times a day"
TIMES_A_WEEK = "times a week"


def often(count: int, name: str) -> str:
    """`3 times a day`, `once a day`; `name` is how the count is called."""
    return name.replace("times", "once") if count == 1 else f"{count} {name}"


FROM = "From (year-month-day)"
UNTIL = "Until, if it ends (year-month-day)"
LOAD = "Load"
NO_LOAD = "no load"
LOAD_KIND = "Kind of load"
LOAD_KINDS = {"none": "No load", "lb": "Pounds", "kg": "Kilograms", "band": "Band"}
BAND = "Band color"
NOTE = "Note to the patient"
PROGRESSION = "Progression"
RULES = {
    "double": "Reps, then load",
    "hold": "Longer holds",
    "time": "More time",
    "rom": "Your review after 14 days",
    "otago_strength": "Otago strength",
    "otago_balance": "Otago balance",
    "none": "No proposals",
}
TOP_REPS = "most repetitions"
LOAD_STEP = "load step"
LONGEST_HOLD = "longest hold"
LONGEST_TIME = "longest time"
TWO_FOR_TWO = "Two extra reps in the last set, twice"
AMBER = "Two amber sessions may progress"
SPACING = "Spacing is meant this way"
WHAT_CHANGES = "What changes"
WHOLE_PROGRAM = "The whole program"
NO_CHANGES = "Nothing changes for the patient."
BACK_TO_EDIT = "Back to editing"
PUBLISHED = "Version {version} is published"
PUBLISHED_HELP = "It reaches the phone with its next connection. You see here when the patient has opened it."
INVITE_NEXT = "Back to the patient"
STALE_TITLE = "Someone else published version {version}"
STALE_HELP = "Your draft is safe. Look at both, then choose."
THEIRS = "Published by {author}"
YOURS = "Your draft"
TAKE_MINE = "Put my draft on top"
TAKE_THEIRS = "Drop my draft"


def becomes(before: str, after: str) -> str:
    """A change, read as one sentence."""
    return f"{before} becomes {after}"


def done_of(done: int, due: int) -> str:
    """The sessions of a week."""
    return f"{done} of {due}"


def by_date(on: str) -> str:
    """The date a goal aims at."""
    return f"by {on}"


def missing(count: int) -> str:
    """How many gaps are left."""
    if not count:
        return "Nothing missing"
    return "1 thing missing" if count == 1 else f"{count} things missing"


def still_missing(count: int) -> str:
    """The heading of the gaps."""
    return f"Still missing: {count}" if count else "Complete"


def exercises(count: int) -> str:
    """How many exercises."""
    return "1 exercise" if count == 1 else f"{count} exercises"


def add_exercise(name: str) -> str:
    """The add button of the library."""
    return f"Add {name}"


def about_minutes(minutes: int) -> str:
    """How long one exercise takes."""
    return f"about {minutes} min"


def version_of(name: str, version: int) -> str:
    """The heading of the builder."""
    return f"{name}, version {version}"


def at_home(items: Sequence[str]) -> str:
    """What is at home."""
    return "At home: " + (", ".join(plain(item).lower() for item in items) or "nothing listed")


def meter_label(minutes: int, budget: int | None) -> str:
    """The burden meter in words."""
    return f"{minutes} minutes per session" + (f" of {budget}" if budget else "")


ENVELOPE_HELP = "The rules propose inside these limits. Nothing changes until you decide."
AS_THE_RULE = "as the rule has it"
UNIT = "Unit"

EXERCISES = "Exercises"
OUR_EXERCISES = "Our exercises"
OWN_HELP = "Made by your clinic, offered beside the library. What was prescribed stays as it was prescribed."
OWN_EMPTY = "None yet. Copy one of the library and adapt it, or begin a new one."
NEW_EXERCISE = "New exercise"
OFFERED = "Offered"
COPY_TITLE = "Copy and adapt"
COPY_HINT = "Search the library"
COPY = "Copy"
EDIT = "Edit"
RETIRE = "Retire"
OFFER_AGAIN = "Offer again"
RETIRED = "Retired"
RETIRED_HELP = "No longer offered. Patients who have one prescribed keep it."
EXPORT = "Export all"
IMPORT = "Import a file"
IMPORT_REFUSED = "Nothing was imported. Correct these entries and try again."
SAVE_EXERCISE = "Save"
BACK_TO_OWN = "Back to our exercises"
WHAT_IT_IS = "What it is"
HOW_MUCH = "How much"
HOW_TO_DO_IT = "How to do it"
EXERCISE_NAME = "Name the patient sees"
FAMILY = "Tissue it works"
CHOOSE_FAMILY = "Choose a tissue"
FAMILY_HELP = "A stop sign and the spacing of sessions go by it."
LATERALITIES = {"bilateral": "Both sides at once", "unilateral": "One side", "alternating": "Sides in turn"}
MODES = {"reps": "Repetitions", "hold": "Holds", "duration": "Time"}
OWN_FIGURES = {
    "sets": "Sets",
    "reps": "Repetitions",
    "hold_s": "Hold, seconds",
    "duration_s": "Time, seconds",
    "rest_s": "Rest, seconds",
    "reps_min": "Fewest repetitions",
    "reps_max": "Most repetitions",
    "times_per_day": "Times a day",
    "days_per_week": "Days a week",
}
FIGURE_WRONG = "Write a whole number, or nothing."
CUES = "Cues, one a line (at least two)"
SYNONYMS = "Other names to find it by, one a line"
PRECAUTION = "What to be careful about"
WHY_IT_HELPS = "What it is good for"
EQUIPMENT = ("Equipment", "What the patient needs for it.")
OWN_FLAGS = ("Precautions", "Tap once to warn, twice to block for patients who carry it.")
FLAG_BLOCKS = "blocks"
FLAG_WARNS = "warns"
RULES_TITLE = ("Rules", "How it may progress and how its pain is judged.")
PAIN_RULES = {
    "standard": "Standard pain rule",
    "tendon": "Tendon",
    "centralize": "Pain that moves to the middle",
    "nerve": "Nerve",
    "vestibular": "Dizziness",
    "stretch": "Stretch",
    "pain_free": "Free of pain",
    "none": "No pain rule",
}
PAIN_RULE = "Pain rule"
LOADABLE = "A load can be added"
LOADED = "Ask the next morning"
OWN_LADDER = ("Ladder", "One step easier and one step harder, from the library or our own.")
NO_STEP = "no step"
PICTURE = ("Picture", "A photo of ours, or the library's drawing. JPEG, PNG or WebP, up to 10 MB.")
CHOOSE_PHOTO = "Choose a photo"
OTHER_PHOTO = "Change photo"
REMOVE_PHOTO = "Remove photo"
SHOW_DRAWING = "Show the drawing"
HOW_COUNTED = "How a set is measured"
OWN_FIELDS = {
    "name": "name",
    "cues": "cues",
    "precaution": "what to be careful about",
    "why": "what it is good for",
    "synonyms": "other names",
    "family": "tissue",
    "dose": "how much",
    "photo": "picture",
    "drawing": "picture",
    "progression": "rules",
    "pain_rule": "rules",
    "ladder": "ladder",
    "flags": "precautions",
}
LEAVE_FORM = "Leave without saving?"
LEAVE_FORM_HELP = "What you changed here is not saved."
KEEP_EDITING = "Keep editing"
DISCARD_CHANGES = "Discard changes"
PHOTO_ADDED = "This is the photo as patients will see it."
LOCATION_GONE = "It told where it was taken: that was removed."
STALE_EXERCISE = "Someone else saved version {version}"
STALE_EXERCISE_HELP = "What you wrote is still here. Put it on top, or drop it."
PUT_MINE_ON_TOP = "Put mine on top"
DROP_MINE = "Drop mine"
ARCHIVE_NAME = "our-exercises.zip"


def copied(name: str) -> str:
    """The name a copy begins with."""
    return f"{name}, adapted"


def own_saved(name: str, version: int) -> str:
    """A version was saved."""
    return f"{name}: version {version} is saved."


def own_retired(name: str, retired: bool) -> str:
    """It is no longer offered, or again."""
    return f"{name} is no longer offered." if retired else f"{name} is offered again."


def own_about(version: int, by: str, on: str) -> str:
    """Who saved which version when."""
    return f"Version {version}, {by}, {on}"


def imported(added: int, changed: int, unchanged: int) -> str:
    """What a file brought."""
    if not added and not changed:
        return "Nothing was added: what the file holds is here already."
    same = f", {unchanged} already here" if unchanged else ""
    return f"{exercises(added)} added, {changed} changed{same}."


def of_exercise(action: str, name: str) -> str:
    """A button of one row, named for a screen reader."""
    return f"{action}: {name}"
