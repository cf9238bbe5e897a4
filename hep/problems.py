"""The stable codes that both sides answer with, and the sentence a person can act on.

A sentence never repeats what was sent: it must be safe to log and to show to a stranger.
"""

from dataclasses import dataclass


class Refused(ValueError):
    """An input that breaks a rule: `code` is stable, `sentence` says what to do and echoes nothing."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def check(ok: bool, code: str, sentence: str) -> None:
    """Raise `Refused(code, sentence)` unless `ok`."""
    if not ok:
        raise Refused(code, sentence)


def check_text(field: str, value: str | None, longest: int) -> None:
    """Refuse a missing, blank or over-long text (`longest` in characters, inclusive) and control characters."""
    ok = value is not None and len(value.strip()) > 0 and len(value) <= longest
    check(ok, "text_invalid", f"Write a {field} of 1 to {longest} characters.")
    check(
        value is None or value.isprintable() or _only_line_breaks(value),
        "text_invalid",
        "Use plain text only.",
    )


def _only_line_breaks(value: str) -> bool:
    return all(c.isprintable() or c in "\n\t" for c in value)


@dataclass(frozen=True, slots=True)
class Problem:
    """The body of every error answer: `{"code", "sentence"}` and, for some codes, `detail` with safe facts."""

    code: str
    sentence: str
    detail: dict[str, object] | None = None


CATALOG: dict[str, tuple[int, str]] = {
    "malformed": (400, "The request could not be read. Update the app and try again."),
    "unknown_field": (
        400,
        "The request holds a field this server does not know. Update the app and try again.",
    ),
    "invalid": (422, "Something in the request is not allowed. Check the entries and try again."),
    "too_large": (413, "That is too much at once. Send less and try again."),
    "too_many_rows": (413, "At most 500 entries can be sent at once."),
    "encoding_unsupported": (415, "Send JSON, plain or compressed with gzip; a file as application/octet-stream."),
    "sign_in_required": (401, "Sign in again. Nothing on this device is lost."),
    "sign_in_failed": (401, "Email or password is not right. Check both and try again."),
    "token_reused": (401, "Sign in again: this sign-in was used from two places."),
    "too_many_tries": (429, "Too many tries. Wait a few minutes and try again."),
    "not_allowed": (403, "Your role does not allow this. Ask your clinic."),
    "device_revoked": (403, "This device was signed out by the clinic. Ask for a new invitation."),
    "not_found": (404, "That could not be found."),
    "method_not_allowed": (405, "That cannot be done here."),
    "invitation_invalid": (
        410,
        "This invitation cannot be used: it expired, was withdrawn or was used before. Ask your clinic for a new one.",
    ),
    "resync": (410, "This device must fetch everything again. Nothing you entered is lost."),
    "schema_too_old": (426, "Update the app to see changes. What you log is still sent."),
    "stale_base": (409, "Someone else changed this program. Look at both versions and decide."),
    "already_decided": (409, "This was already decided. Reload the page."),
    "proposal_outdated": (409, "The program changed since this proposal was made. Reload the page."),
    "not_publishable": (422, "The program has gaps. Complete the marked exercises and publish again."),
    "stale_exercise": (409, "Someone else changed this exercise. Look at theirs and decide."),
    "exercise_incomplete": (422, "The exercise has gaps. Complete the marked entries and save again."),
    "library_full": (422, "The clinic's own library is full. Change an exercise you no longer use into the new one."),
    "picture_unknown": (422, "This file is no picture that can be used. Choose a JPEG, PNG or WebP file."),
    "picture_damaged": (422, "This picture is damaged or cut off. Save it anew, or choose another one."),
    "picture_too_large": (
        422,
        "This picture has too many pixels. Make it smaller, at most 4000 by 4000, and try again.",
    ),
    "picture_too_small": (422, "This picture is too small: each side needs at least 160 pixels."),
    "picture_animated": (422, "This picture moves. Choose one that holds a single image."),
    "picture_too_hard": (422, "This picture takes too much to open. Save it anew in a photo app and try again."),
    "archive_refused": (422, "Nothing was imported. Correct the entries that are named and try again."),
    "channel_off": (409, "Your clinic does not offer this way of reminding. Choose another one."),
    "not_handed_over": (409, "That could not be sent now. Check the entries and try again in a few minutes."),
    "code_invalid": (410, "This code is not right or no longer valid. Check it, or ask for a new one."),
    "busy": (503, "The server is busy. Try again in a moment."),
    "storage_full": (507, "The server cannot save right now. Your entries stay on your device."),
    "internal": (500, "Something went wrong here. Your entries stay on your device."),
}
"""Stable code → (HTTP status, sentence) of answers to a whole request."""
