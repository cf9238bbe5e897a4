"""All words of the patient's half, in English. Another language is a subclass that says the same things its way.

Plain, second person, fact then next step (look.md, section 4). No shame, no exclamation marks, no arrows or emoji.
Words of the clinic's half live in `strings_clinic`.
"""

from datetime import date
from fractions import Fraction
from typing import ClassVar

from app.strings_reminders import ReminderWords
from hep.facts import Sign, SkipReason
from hep.records import Side


class English(ReminderWords):
    """The words, grouped by screen. Texts with values are methods, so that a language can order them its way."""

    app = "Stepwise"
    clinic_review = (
        "The rules and the stop list need the review of a licensed clinician before real patients use them. "
        "Where a source was not checked, the number is marked unverified."
    )

    # Days
    weekdays = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    weekdays_short = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
    months = (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    )

    def day(self, on: date) -> str:
        """Sunday, November 22."""
        return f"{self.weekdays[on.weekday()]}, {self.months[on.month - 1]} {on.day}"

    def short_day(self, on: date) -> str:
        """Nov 22."""
        return f"{self.months[on.month - 1][:3]}\u00a0{on.day}"

    def next_day(self, on: date, today: date) -> str:
        """Tomorrow, a weekday within a week, else the full date."""
        days = (on - today).days
        if days == 1:
            return "tomorrow"
        return self.weekdays[on.weekday()] if days < 7 else self.day(on)

    # Everywhere
    back = "Back"
    close = "Close"
    cancel = "Cancel"
    retry = "Try again"
    loading = "Getting your program ready"
    loading_long = "Still working. The first start takes longer than the next ones."
    not_saved = "Not saved yet. Your entry is still here. Try again."
    saved_here = "Saved on this phone."
    side: ClassVar[dict[Side, str]] = {
        Side.LEFT: "Left side",
        Side.RIGHT: "Right side",
        Side.BOTH: "Both sides, one at a time",
    }
    tabs = ("Today", "Program", "Progress", "Settings")
    it_hurts = "It hurts"
    stop_link = "When to stop"

    @staticmethod
    def plural(n: int, one: str, many: str) -> str:
        """`1 entry`, `2 entries`."""
        return f"{n} {one if n == 1 else many}"

    # Invitation
    welcome = "Welcome, set up your phone"
    welcome_help = "Your therapist gave you a code of 10 letters and numbers. It works once, for a few days."
    code = "Invitation code"
    code_help = "Capital or small letters, both are fine."
    birth_date = "Your birth date"
    birth_date_help = "So that only you can use the code. Write month, day, year: 4/23/1960."
    birth_date_unclear = "Write the date as month, day, year: 4/23/1960."
    code_unclear = "Write the code of 10 letters and numbers from your therapist."
    join = "Continue"
    joining = "Setting up your phone"
    joining_help = "Your program is on its way. This takes a moment."
    at_clinic = "I work at the clinic"
    connect_again = "Connect this phone again"
    ended = "Your clinic signed this phone out"
    new_invitation = "To go on, ask your clinic for a new invitation and enter its code here."

    def ended_help(self, unsent: int) -> str:
        """A phone the clinic signed out: what became of the program and of what was logged."""
        return f"Your program is no longer on this phone. {self.kept(unsent)}"

    def kept(self, unsent: int) -> str:
        """Where the entries of a phone without a sign-in are."""
        if not unsent:
            return "Everything you logged was sent to your clinic."
        return f"{self.plural(unsent, 'entry is', 'entries are')} safe on this phone and will be sent."

    others_title = "Entries of another person"
    others_keep = "Leave them and go back"
    others_delete = "Delete them for good and go on"

    # Today
    greetings = ("Good morning", "Good afternoon", "Good evening")

    def greeting(self, hour: int, name: str) -> str:
        """By local hour 0–23: morning from 4, afternoon from 12, evening from 17."""
        part = 0 if 4 <= hour < 12 else 1 if 12 <= hour < 17 else 2
        first = name.split()[0] if name.split() else ""
        return f"{self.greetings[part]}, {first}" if first else self.greetings[part]

    def offline(self, unsent: int) -> str:
        """No network: say what is safe."""
        if not unsent:
            return "Offline. Everything works; it is sent later."
        return f"Offline. {self.plural(unsent, 'entry is', 'entries are')} safe on this phone."

    def waiting(self, unsent: int) -> str:
        """Online, and not everything has been sent."""
        return f"{self.plural(unsent, 'entry waits', 'entries wait')} to be sent. They are safe on this phone."

    def shelved(self, n: int) -> str:
        """Rows the clinic did not take."""
        return f"The clinic could not take {self.plural(n, 'entry', 'entries')}. See Settings."

    sent = "Sent to your clinic."
    connect = "Connect again"
    update_needed = "Update the app to see changes. What you log is still sent."
    update_now = "Update now"

    def not_connected(self, unsent: int) -> str:
        """The sign-in is used up; the program is still here."""
        safe = self.plural(unsent, "entry is", "entries are") if unsent else "What you log is"
        return f"This phone is not connected to your clinic. {safe} safe here."

    legend = ("Done", "Part done", "Skipped", "Not known", "Rest", "Away")

    def slot(self, slot: int, of: int) -> str:
        """Which session of the day, when there is more than one."""
        return f"Session {slot} of {of} today" if of > 1 else "Next session"

    def exercises(self, n: int) -> str:
        """4 exercises."""
        return self.plural(n, "exercise", "exercises")

    def about_minutes(self, minutes: int) -> str:
        """About 12 min."""
        return f"about {minutes} min"

    start = "Start session"
    end_here = "End the session here"
    resume = "Continue session"

    def short_version(self, n: int, minutes: int) -> str:
        """The short version's offer."""
        return f"Short version: {self.exercises(n)}, {minutes} min"

    def done_today(self, n: int) -> str:
        """All sessions of the day are done."""
        return "Today's session is done." if n == 1 else "Today's sessions are done."

    rest_day = "Rest day"
    away_day = "You are away today"
    no_program = "Your program is not here yet"
    no_program_help = "Your therapist has not published a program for you, or this phone has not fetched it yet."
    fetch_now = "Look again"

    def next_session(self, on: date | None, today: date) -> str:
        """Rest day. Next session: Monday."""
        return f"Next session: {self.next_day(on, today)}." if on else "No further session is planned."

    def as_of(self, on: date) -> str:
        """Above what was known on an earlier day."""
        return f"As of {self.day(on)}"

    def closed_of(self, done: int, of: int) -> str:
        """How far that day had come."""
        return f"{done} of {self.exercises(of)} done"

    in_session = "In this session"
    any_time_this_week = "Any time this week"
    changed_title = "Your program changed"
    because = "Because"
    got_it = "Got it"
    no_side = "no side"
    no_load = "no weight"
    fine_tuned = "fine-tuned, nothing for you to do"

    def added_exercise(self, name: str, amount: str) -> str:
        """New: heel raise, 2 sets of 10."""
        return f"New: {name}, {amount}"

    def removed_exercise(self, name: str) -> str:
        """An exercise that ended."""
        return f"No longer: {name}"

    def changed_exercise(self, name: str, before: str, after: str) -> str:
        """Heel raise: 2 sets of 10 becomes 2 sets of 12."""
        return f"{name}: {before} becomes {after}"

    def new_note(self, name: str, note: str) -> str:
        """A therapist's note that changed."""
        return f"{name}, note: {note}"

    def change_by(self, name: str, on: str) -> str:
        """Who changed it and when."""
        return f"{name}, {on}"

    morning_title = "Morning check"
    morning_short = "How do you feel after yesterday?"
    answer = "Answer"
    morning_help = "How much pain is there this morning? One tap is enough."
    stiffness = "Stiff this morning? You may say how long."
    stiffness_tiles = ((0, "Not stiff"), (10, "About 10\u00a0min"), (30, "About 30\u00a0min"), (60, "An hour or more"))
    morning_done = "Morning check is saved. Thank you."
    locked = "On hold. Your therapist opens it after you talk."
    on_hold = "On hold"
    next_waits = "The next session waits until your therapist opens your program."
    locked_all = "Your program is on hold"
    locked_all_help = "You chose a stop sign. Your therapist opens the program again after talking with you."
    call_clinic = "Call the clinic"

    def done_sets(self, done: int, of: int) -> str:
        """What is logged already."""
        return f"{done} of {of} sets logged"

    def not_logged(self, on: date) -> str:
        """A past day nobody logged."""
        return f"Nothing logged on {self.weekdays[on.weekday()]}. Add it now, or leave it."

    leave_it = "Leave it"
    add_past = "Add what I did"

    # Exercise
    how_to = "How to do it"
    your_dose = "How much, how often"
    careful = "Take care"
    why = "Why this exercise"
    ladder = "Easier and harder"
    easier = "Easier"
    harder = "Harder"
    ladder_help = "Your therapist decides when to change."
    no_goal = "Your therapist has not written a goal for it."
    how_do_i = "How do I do this?"
    from_therapist = "From your therapist"
    needs = "You need"

    def rest(self, seconds: int) -> str:
        """Rest between sets."""
        return f"rest {self.time(seconds)}"

    def time(self, seconds: int) -> str:
        """30 sec, 5 min, 2 min 30 sec."""
        minutes, left = divmod(seconds, 60)
        if seconds < 120:
            return f"{seconds} sec"
        return f"{minutes} min {left} sec" if left else f"{minutes} min"

    def sets_of(self, sets: int, work: str) -> str:
        """2 sets of 10."""
        return f"{self.plural(sets, 'set', 'sets')} of {work}"

    def sets_held(self, sets: int, work: str, seconds: int) -> str:
        """2 sets, hold 30 sec; 2 sets of 10, hold 5 sec each."""
        if not work:
            return f"{self.plural(sets, 'set', 'sets')}, hold {self.time(seconds)}"
        return f"{self.sets_of(sets, work)}, hold {self.time(seconds)} each"

    def per_week(self, n: int) -> str:
        """How often, on days the patient chooses."""
        return f"{self.plural(n, 'time', 'times')} a week, on days you choose"

    picture_motion = ("Play the movement", "Stop the movement")

    def picture_of(self, name: str) -> str:
        """The accessible name of a picture."""
        return f"Picture: {name}"

    gone_title = "Not in your program any more"
    gone_help = "Your therapist changed the program. Today shows what to do now."

    # Player
    gone_entry = "This set is no longer here"
    gone_entry_help = "What you logged is safe. Today shows what to do now."
    back_to_set = "Back to the set"
    time_over = "Time is over."
    rest_over = "Rest is over."
    how_much = "How much does it hurt?"
    reps_before = "Repetitions you did before it hurt"
    reps_before_short = "before it hurt"
    go_on_gently = "Go on gently"
    skip_it = "Leave this exercise out"
    goals = "What you work toward"

    def pain_noted(self, pain: int) -> str:
        """The answer given before going on."""
        return f"Pain {pain} is noted. You can change it after the set."

    def within_limit(self, pain: int, limit: int) -> str:
        """At or below the ceiling."""
        return f"Pain {pain} is all right here: up to {limit} you may go on gently. You may also leave it out."

    def set_of(self, label: str, of: int) -> str:
        """Set 3 now, of 6."""
        return f"{label}, of {of}"

    def hold_of(self, n: int, of: int) -> str:
        """Under the ring, when a set has several holds."""
        return f"seconds left, hold {n} of {of}"

    all_done = "All sets done"
    end_session = "Leave session"

    def place(self, n: int, of: int) -> str:
        """Exercise 2 of 4."""
        return f"Exercise {n} of {of}"

    def set_name(self, n: int, now: bool, side: Side | None = None) -> str:
        """A set's label; `now` is the one to do."""
        part = {Side.LEFT: " left", Side.RIGHT: " right"}.get(side, "") if side else ""
        return f"Set {n}{part} now" if now else f"Set {n}{part}"

    def set_done(self, n: int, side: Side | None = None) -> str:
        """The primary button."""
        part = {Side.LEFT: ", left", Side.RIGHT: ", right"}.get(side, "") if side else ""
        return f"Set {n}{part} done"

    def of_reps(self, n: int) -> str:
        """Under the counter."""
        return f"of {self.plural(n, 'rep', 'reps')}"

    def reps_spoken(self, value: int, of: int) -> str:
        """The counter for a screen reader."""
        return f"{value} of {of} repetitions"

    fewer = "One rep less"
    more = "One rep more"
    seconds_left = "seconds left"

    def seconds_spoken(self, left: int) -> str:
        """The ring for a screen reader."""
        return self.plural(left, "second left", "seconds left")

    start_timer = "Start timer"
    pause_timer = "Pause"
    continue_timer = "Continue"
    finish_set = "Finish set"
    skip = "Skip"
    rest_now = "Rest"
    skip_rest = "Skip rest"

    def last_answers_are(self, pain: int, effort: str) -> str:
        """The last answers, one tap away."""
        return f"Same as last set: pain {pain}, {effort.lower()}"

    stepped_back = "A smaller dose today"
    stepped_back_help = "Your last session hurt more than it should. Today's dose is one step back."

    def prescribed_instead(self, dose: str) -> str:
        """What the full dose is, beside a smaller one."""
        return f"{self.stepped_back_help} Your full dose is {dose}."

    rests_today = "This exercise rests today"
    rests_help = "Your last session hurt more than it should. Leave it out today; your therapist sees this."
    next_exercise = "Next exercise"
    saving = "Saving"

    # Pain and effort
    most_pain = "Most pain during this set?"
    one_tap = "0 is no pain, 10 the worst you can imagine. One tap is enough."
    pain_words = (
        "No pain",
        *("Mild",) * 3,
        *("Moderate",) * 3,
        *("Severe",) * 3,
        "Worst I can imagine",
    )
    could_do_more = "Could you have done more?"
    reps_left = "How many more could you have done well?"
    effort_words = (("Easy", "4 or more"), ("Good", "2 or 3"), ("Hard", "only 1"), ("Limit", "none"))
    effort_help_time = "How much longer could you have gone on?"
    effort_words_time = (("Easy", "much longer"), ("Good", "a bit longer"), ("Hard", "hardly"), ("Limit", "not at all"))
    save_set = "Save set"
    lost_balance = "I lost my balance in this set"
    signs_title = "Anything else?"
    sign_words: ClassVar[dict[Sign, str]] = {
        Sign.TINGLING_LASTS: "Tingling that lasts after the exercise",
        Sign.MOVING_DOWN: "Pain or tingling moved further down the arm or leg",
        Sign.DIZZINESS_STAYS: "Dizziness that has not settled after 20 minutes",
    }

    # Skip
    why_skip = "Why skip? Any reason is fine."
    skip_reasons: ClassVar[dict[SkipReason, str]] = {
        SkipReason.PAIN: "It hurts",
        SkipReason.NO_TIME: "No time",
        SkipReason.FORGOT: "I forgot",
        SkipReason.NO_EQUIPMENT: "Something is missing",
        SkipReason.UNSURE_HOW: "Not sure how to do it",
        SkipReason.UNWELL: "I feel unwell",
        SkipReason.AWAY: "I am away",
    }

    def skipped(self, reason: SkipReason) -> str:
        """Why an exercise was left out."""
        said = self.skip_reasons[reason]
        return f"{self.skipped_because}: {said if said.startswith('I ') else said[:1].lower() + said[1:]}"

    # Finish
    one_question_left = "One question about your session is left"
    after_title = "How is the pain now, after the session?"
    finish_title = "Session done"
    finish_pace = "At your own pace."
    finish_partial = "You did part of it. That counts too."
    finish_nothing = "Nothing is logged for this session."
    finish_stopped = "You stopped in time"
    finish_stopped_help = "Rest now. Your next session starts one step back, and your therapist sees this."
    timed_live = "time"
    sets_label = "sets"
    most_pain_label = "most pain"

    def minutes(self, n: int) -> str:
        """13 min."""
        return f"{n} min"

    def n_of_m(self, n: int, m: int) -> str:
        """12 of 12."""
        return f"{n} of {m}"

    def pain_of_ten(self, n: int | None) -> str:
        """2 of 10, or nothing given."""
        return "not given" if n is None else f"{n} of 10"

    safe_here = "Safe on this phone"
    safe_here_help = "It is sent by itself when you are online."
    sent_title = "Sent to your clinic"
    what_you_did = "What you did"
    correct_hint = "Choose a set to correct it."

    def set_fact(self, n: int, work: str, pain: int | None, side: Side | None = None) -> str:
        """One logged set in a line."""
        part = f", {self.side[side].lower()}" if side else ""
        hurt = f" · pain\u00a0{pain}" if pain is not None else ""
        return f"Set {n}{part}: {work}{hurt}"

    def work(self, reps: int | None, seconds: int | None) -> str:
        """10 reps, or 30 s."""
        if seconds is None:
            return self.plural(reps or 0, "rep", "reps")
        return f"{seconds} s" if reps in (None, 1) else f"{reps} × {seconds} s"

    correct_title = "Correct this set"
    correct_help = "The first entry is kept; the corrected one counts."
    save_correction = "Save correction"
    remove_set = "This set was not done"
    what_next = "What happens next"
    next_morning = "Tomorrow morning: one quick question."
    finish_done = "Done"
    skipped_because = "Skipped"

    finish_title_short = "End of session"
    rather_not = "I would rather not say"
    dash = "–"
    added_later = "added later"
    second_less = "One second less"
    second_more = "One second more"

    def pain_pill(self, pain: int) -> str:
        """Pain 2."""
        return f"Pain {pain}"

    def mode_unit(self, by_reps: bool) -> str:
        """Under the counter of a correction."""
        return "reps" if by_reps else "seconds"

    # Stop
    stop_title = "Stop and sit down"
    stop_help_calm = "Look for these signs first."
    stop_help = "Your timer is paused. Nothing is lost."
    works_offline = "Works without a network"
    any_now = "Any of these right now?"
    any_today = "Any of these today?"
    any_soon = "Any of these lately?"
    stop_lock = "If you choose one, these exercises stay on hold until your therapist has talked with you."
    none_of_these = "None of these"
    stop_unknown_clinic = "Your clinic's number is not on this phone yet."

    def call(self, number: str) -> str:
        """Call 911."""
        return f"Call {number}"

    def call_the_clinic(self, number: str) -> str:
        """Call the clinic: 555 0142."""
        return "Call the clinic: " + number.replace(" ", "\u00a0")

    you_chose = "You chose"
    recorded_title = "Your exercises are on hold"
    recorded_help = "This is saved on this phone and goes to your clinic first."
    back_to_today = "Back to Today"

    # Progress
    progress_title = "Progress"
    last_weeks = "Sessions, last 4 weeks"
    due_done = "due sessions done"
    nothing_was_due = "Nothing was due"
    rule_note = "Rest days do not count. Today counts once it is over. A day that is not known counts as due."
    hide_sessions = "Hide the sessions"
    table_has_rows = "The table shows every answer."
    see_sessions = "See the sessions"
    pain_title = "Pain, 0 to 10"
    during = "During exercise"
    morning = "Next morning"
    show_chart = "Show chart"
    show_table = "Show table"
    no_pain_yet = "Your pain answers appear here after your first session."
    columns = ("Date", "Pain", "When")
    self_report = "Most people write down more than they did, on average by a quarter. You may differ."

    def pain_finding(self, first: int, last: int, days: int) -> str:
        """What the chart says, in words."""
        span = self.plural(max(1, round(days / 7)), "week", "weeks")
        return f"From {first} to {last} in {span}" if first != last else f"Stayed at {last} over {span}"

    def percent(self, share: Fraction) -> str:
        """83%."""
        return f"{round(share * 100)}%"

    session_states: ClassVar[dict[str, str]] = {
        "done": "done",
        "partial": "part done",
        "skipped": "skipped with a reason",
        "unknown": "not known",
        "not_logged": "not logged",
        "upcoming": "still to come",
        "rest": "rest day",
        "paused": "away",
    }

    # Program
    program_title = "Your program"

    def version(self, n: int, on: str) -> str:
        """Version 3, from 22 November."""
        return f"Version {n}, from {on}"

    history_title = "What changed before"
    all_exercises = "All exercises"

    # Settings
    settings_title = "Settings"
    text_size = "Text size"
    brightness = "Light or dark"
    modes = (("system", "Like my phone"), ("light", "Light"), ("dark", "Dark"))
    your_entries = "Your entries"
    unsent_none = "Everything was sent to your clinic."
    send_now = "Send now"
    shelf_title = "Not taken by the clinic"
    send_again = "Send again"
    discard = "Delete"
    kinds: ClassVar[dict[str, str]] = {
        "set_log": "A set",
        "item_skip": "A skipped exercise",
        "session_end": "The end of a session",
        "check_in": "A morning check",
        "correction": "A correction",
        "retraction": "A withdrawn entry",
        "acknowledgement": "A program change you saw",
        "red_flag": "A stop sign",
        "preference": "A setting",
        "pause": "Days away",
        "message": "A message",
    }
    export = "Copy my unsent entries"
    exported = "Copied. You can paste them into a message to your clinic."
    away_title = "I am away or unwell"
    away_help = "Nothing is due on these days, and nothing is held against you."
    away_how_long = "For how long, from today?"
    away_days = ((1, "Today"), (3, "3 days"), (7, "1 week"), (14, "2 weeks"))

    def away_until(self, day: str) -> str:
        """A pause under way."""
        return f"Nothing is due until {day}."

    away_saved = "Saved. Nothing is due on these days."
    away_reason: ClassVar[dict[SkipReason, str]] = {SkipReason.AWAY: "Away", SkipReason.UNWELL: "Unwell"}
    devices_title = "Devices"
    devices_offline = "Your devices are shown when you are online."
    sign_out_device = "Sign out"
    this_device = "This device"
    sign_out = "Sign out on this phone"
    sign_out_confirm = "Sign out and take my program off"
    sign_out_safe = "Everything was sent. Your clinic has it."

    def sign_out_warning(self, unsent: int) -> str:
        """What stays behind."""
        entries = self.plural(unsent, "entry was", "entries were")
        return f"{entries} not sent yet. They stay on this phone and are sent when you sign in here again."

    about = "About Stepwise"
    licenses = "Licenses of the software used"
    about_body = "Your therapist decides every change. The app shows what you log and why something is proposed."

    # Pages instead of the app
    second_tab = "Stepwise is open in another tab"
    second_tab_help = "Only one tab at a time keeps your entries safe. Close the other tab, then try again."
    storage_refused = "This browser does not save anything"
    corrupt = "A saved file could not be read"


words = English()
