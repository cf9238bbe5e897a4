"""The admin's channels of reminders, and what a therapist sees of reach."""

from dataclasses import replace
from datetime import timedelta

from tests.app.test_therapist_screens import desk, open_maria
from tests.app.therapist_clinic import MARIA, NOW, Clinic, address, detail, refuse


async def test_an_admin_opens_on_the_channels_and_sets_the_mail_server_once() -> None:
    # given
    clinic = Clinic()
    async with desk(clinic, role="admin") as ui:
        assert not any(path == "/caseload" for _, path, _ in clinic.calls)
        assert ui.shows("Patients can switch them on in the app.")
        # when
        await ui.tap("mail-save")
        assert ui.key("mail-host").error == "Enter the mail server, its port and the sender's address."
        await ui.type("mail-host", "mail.example.org")
        await ui.type("mail-user", "clinic")
        await ui.type("mail-secret", "a long word")
        await ui.type("mail-sender", "reminders@example.org")
        await ui.tap("mail-save")
        # then
        assert ui.shows("Saved.")
        assert ui.key("mail-secret").value == ""
        assert ui.shows("One is stored and never shown. Type a new one to replace it.")
        sent = [body for method, _, body in clinic.calls if method == "PUT"]
        assert sent[0] == {
            "enabled": True,
            "host": "mail.example.org",
            "port": 587,
            "security": "starttls",
            "username": "clinic",
            "sender": "reminders@example.org",
        }


async def test_a_saved_password_is_kept_by_saving_again_without_one_and_a_trial_is_told_in_words() -> None:
    clinic = Clinic()
    async with desk(clinic, role="admin") as ui:
        for key, text in (("mail-host", "mail.example.org"), ("mail-sender", "r@example.org"), ("mail-secret", "word")):
            await ui.type(key, text)
        await ui.tap("mail-save")
        await ui.type("mail-sender", "other@example.org")
        await ui.tap("mail-on")
        await ui.tap("mail-save")
        assert clinic.channels.email is not None
        assert (clinic.channels.email.sender, clinic.channels.email.enabled) == ("other@example.org", False)
        assert clinic.channels.email.secret is True
        await ui.tap("mail-on")
        await ui.tap("mail-save")
        await ui.type("mail-to", "me@example.org")
        await ui.tap("mail-try")
        assert ui.shows("The mail server refused the user name or password. (mail_sign_in_refused)")


async def test_a_refused_server_is_said_beside_its_own_card() -> None:
    clinic = Clinic(answers={"/channels/ntfy": lambda: refuse("not_allowed")})
    async with desk(clinic, role="admin", width=412, route="/clinic/patient/x") as ui:
        await ui.tap("ntfy-save")
        assert ui.key("ntfy-url").error == "Enter the address of the ntfy server."
        await ui.type("ntfy-url", "https://ntfy.example.org")
        await ui.tap("ntfy-save")
        assert ui.shows("Your role does not allow this. Ask your clinic.")
        assert ui.key("ntfy-url").value == "https://ntfy.example.org"
        assert not ui.has("nav-caseload")


async def test_a_therapist_sees_what_was_handed_over_what_was_opened_and_what_is_blocked() -> None:
    async with desk(Clinic()) as ui:
        await open_maria(ui)
        assert ui.shows("Last handed over today, 3:00 am, last opened yesterday, 10:00 am.")
        assert ui.shows("Notifications, Chrome on Android")
        assert ui.shows("Notifications are blocked on this phone. The app shows how to allow them.")
        assert not ui.has("unreached")


async def test_a_therapist_sees_that_a_silent_patient_was_never_reached() -> None:
    gone = address("webpush", "Chrome on Android", state="gone", last_failure_code="push_410")
    failing = address("email", last_failure_code="mail_550", last_ok_at=NOW - timedelta(days=12))
    unreached = replace(
        detail().reach,
        addresses=(gone, failing),
        last_sent_at=None,
        last_opened_at=None,
        unreached_since=NOW - timedelta(days=19),
    )
    clinic = Clinic(patients={MARIA: replace(detail(), reach=unreached)})
    async with desk(clinic) as ui:
        await open_maria(ui)
        assert ui.has("unreached")
        assert ui.shows("Reminders: never reached since Nov 3")
        assert ui.shows("This phone no longer takes messages.")
        assert ui.shows("Last handed over Nov 10, 10:00 am; then it failed (mail_550)")
        assert not ui.shows("Nothing was sent yet.")
