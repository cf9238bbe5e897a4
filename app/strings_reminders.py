"""The words of reminders, in English: a part of the patient's words, see `strings`."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import ClassVar

_ALL = 7


class ReminderWords:
    """What the screen "Reminders" and the cards about reminders say."""

    reminders_title = "Reminders"
    reminders_row_help = "When, how often, and what others can see"
    reminders_never = "Never your exercises, your pain or your clinic."

    # This device
    notify_default = "Notifications are off on this phone"
    notify_default_help = (
        "We cannot remind you until you allow them. You will see one short line, as below. You can stop it at any time."
    )
    notify_allow = "Allow notifications"
    notify_denied = "Notifications are blocked on this phone"
    notify_denied_help = (
        "Open the sign beside the address of this page, or the phone's settings for this browser. "
        "Choose Notifications, then Allow. Then come back."
    )
    notify_look_again = "Look again"
    notify_unsupported = "This device cannot show reminders yet"
    notify_unsupported_help = (
        "On an iPhone or iPad, add Stepwise to the home screen and open it there. "
        "What is due always stands on Today, and a calendar works everywhere."
    )
    notify_granted = "This phone is ready for reminders"
    notify_not_connected = "Notifications are allowed, but your clinic cannot reach this phone yet"
    notify_connect = "Connect this phone"
    notify_no_channel = "Your clinic does not send reminders to phones. Use the calendar, or look at Today."
    reminders_offline = "You are offline. Your choices are kept; the rest is shown when you are online."
    reminders_off = "Reminders are off. What is due stands on Today."

    # When
    remind_me = "Remind me"
    remind_me_help = "Only while something is left to do"
    parts_of_day = ((11, "In the morning"), (14, "Around noon"), (17, "In the afternoon"), (24, "In the evening"))
    """The first hour (exclusive) of each part's end, and its name."""

    follow_up_title = "Second nudge"
    follow_up_help = "Only if nothing is logged, 2 h later"
    morning_check_title = "Morning check"
    morning_check_help = "The day after a session"
    most_title = "How many a day, at most"
    quiet_title = "Quiet hours"
    quiet_help = "No reminders"
    quiet_none = "None"
    quiet_from = "From"
    quiet_until = "Until"
    no_quiet = "No quiet hours"
    any_day = "On days spread over the week"
    done = "Done"
    is_quiet = "This time lies in your quiet hours: no reminder comes then."

    def part_of_day(self, wall: time) -> str:
        """In the morning, by wall time."""
        return next(name for until, name in self.parts_of_day if wall.hour < until)

    def clock(self, wall: time) -> str:
        """8:30 am; full hours as 9 pm."""
        half = "am" if wall.hour < 12 else "pm"
        hour = wall.hour % 12 or 12
        minutes = f":{wall.minute:02d}" if wall.minute else ""
        return f"{hour}{minutes}\u00a0{half}"

    def span(self, begin: time, end: time) -> str:
        """9 pm to 8 am."""
        return f"{self.clock(begin)} to {self.clock(end)}" if begin != end else self.quiet_none

    def earlier(self, what: str) -> str:
        """The button with the minus."""
        return f"{what}: earlier"

    def later(self, what: str) -> str:
        """The button with the plus."""
        return f"{what}: later"

    def days_of(self, weekdays: Sequence[int], names: Sequence[str]) -> str:
        """Every day but Wednesday, by ISO weekdays; `names` begin with Monday."""
        missing = [names[n - 1] for n in range(1, _ALL + 1) if n not in weekdays]
        if not missing:
            return "Every day"
        if len(missing) == 1:
            return f"Every day but {missing[0]}"
        return ", ".join(names[n - 1] for n in weekdays)

    # What others can see
    lock_title = "What others can see on your lock screen"

    # Ways
    ways_title = "How you are reminded"
    ways_none = "Your clinic sends no reminders. Your calendar can remind you, and what is due stands on Today."
    way_names: ClassVar[dict[str, str]] = {"webpush": "This phone", "email": "Email", "ntfy": "The ntfy app"}
    way_help: ClassVar[dict[str, str]] = {
        "webpush": "A notification, sealed on its way",
        "email": "Less private than a notification",
        "ntfy": "For those who use that app",
    }
    other_device = "Another device"
    way_states: ClassVar[dict[str, str]] = {
        "ok": "Ready",
        "unconfirmed": "Waits for its code",
        "blocked": "Blocked on that phone",
        "gone": "No longer there",
    }
    way_remove = "Remove"
    email_add = "Be reminded by email"
    email_field = "Email address"
    email_help = "Mail is less private than this phone. It holds the same short line and nothing else."
    email_send_code = "Send me a code"
    email_code = "Code of 6 digits"
    email_code_help = "Look into your mail. The code works for 30 minutes."
    email_confirm = "Confirm"
    ntfy_add = "Use the ntfy app"
    ntfy_help = "In the ntfy app, subscribe to this address. It is shown once."
    copy = "Copy"
    copied = "Copied."

    # Away, calendar, trying it
    away_row = "I am away or unwell"
    away_row_help = "Pauses reminders without penalty"
    calendar_title = "Add to my calendar"
    calendar_help = "Session times only, with a plain title"
    calendar_ready = "Add this address in your calendar app. Anyone who has it sees your session times, so keep it."
    calendar_download = "Download a file instead"
    calendar_end = "End the calendar"
    try_now = "Send me one now"
    try_help = "To see whether it arrives."
    tried: ClassVar[dict[str, str]] = {
        "sent": "On its way. It should be here within a minute.",
        "later": "Not taken just now. It is tried again in a while.",
        "refused": "It could not be sent.",
        "gone": "This phone is no longer reachable. Connect it again.",
    }
    tried_nothing = "There is no way to reach you yet. Allow notifications first."

    # What happened
    recent_title = "What happened lately"
    recent_none = "Nothing was sent yet."
    recent_states: ClassVar[dict[str, str]] = {
        "opened": "Opened",
        "sent": "Sent, not opened from here",
        "waiting": "On its way",
        "dead": "Could not be delivered",
        "dropped": "Not needed any more",
    }

    def moment(self, at: datetime, today: date, weekdays: Sequence[str]) -> str:
        """Today, 8:30 am; within a week the weekday; `at` in local time."""
        days = (today - at.date()).days
        name = "Today" if days == 0 else "Yesterday" if days == 1 else weekdays[at.weekday()]
        day = name if 0 <= days < _ALL else f"{at.month}/{at.day}"
        return f"{day}, {self.clock(at.time())}"

    # Cards on Today
    hint_title = "Would a reminder help?"
    hint_help = "One short line at a time you choose. You decide what, when and how often."
    hint_look = "Choose a time"
    not_now = "Not now"
    barrier_title = "What got in the way?"
    barrier_help = "Nothing has been logged for a few days. Any reason is fine; your therapist sees it."
    barrier_close = "I would rather not say"
    barrier_done = "Thank you. Your therapist sees it."

    def barrier_message(self, days: int, reason: str) -> str:
        """What the therapist reads."""
        return f"Nothing logged for {days} days. What got in the way: {reason[:1].lower()}{reason[1:]}."

    taper_title = "Two good weeks"
    taper_help = "Would you like fewer reminders? Then there is one a day at most, and no second nudge."
    taper_fewer = "Fewer, please"
    taper_keep = "Keep them"
