"""What was typed into a field, as a value: dates and numbers, or None for what cannot be read."""

from datetime import date
from decimal import Decimal, InvalidOperation

LARGEST = Decimal(100_000)


def date_of(typed: str) -> date | None:
    """A date typed as `1961-04-03` or `4/3/1961` (month first); None for anything else."""
    parts = typed.strip().replace("/", "-").split("-")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return None
    numbers = [int(part) for part in parts]
    year, month, day = numbers if len(parts[0]) == 4 else (numbers[2], numbers[0], numbers[1])
    try:
        return date(year, month, day)
    except ValueError:
        return None


def number_of(typed: str) -> Decimal | None:
    """A number such as `12` or `0.5`, at most 100,000 either way; None for anything else."""
    try:
        number = Decimal(typed.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) <= LARGEST else None


def unreadable(typed: str, value: object | None) -> bool:
    """Something was typed and nothing could be read from it."""
    return bool(typed.strip()) and value is None
