"""Which passwords a clinic's staff may have."""

import pytest

from hep.problems import Refused
from server.security import COMMON, check_password


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password2026!!",
        "PASSWORDPASSWORD",
        "password password",
        "!!!Welcome2026",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "123456789012",
        "Physiotherapy1",
        "aaaaaaaaaaaaaaaa",
        "elevenchars",
        "x1" * 129,
    ],
)
def test_common_short_and_endless_passwords_are_refused_and_not_repeated(password: str) -> None:
    with pytest.raises(Refused) as caught:
        check_password(password)
    assert caught.value.code == "password_weak"
    assert password not in caught.value.sentence


@pytest.mark.parametrize(
    "password", ["heron lamp 47 quiet", "Vx7#kd0-2mQz", "password of the grey heron", "thomas83746192837465019"]
)
def test_other_passwords_are_taken(password: str) -> None:
    check_password(password)


def test_the_list_holds_each_once_in_small_letters_without_spaces() -> None:
    listed = COMMON.read_text().splitlines()
    assert listed == sorted(set(listed))
    assert all(word == "".join(word.casefold().split()) and word for word in listed)
    assert len(listed) > 400
