"""Which way care is going: doing it or not × improving or not. A pattern of numbers, never a judgment of a person."""

from datetime import date, timedelta

from hep.adherence import Sessions
from hep.history import History
from hep.plateau import DOING_PERCENT
from server.chart import Chart
from server.reasons import ENOUGH

IMPROVED_BY = 1
"""Points of mean morning pain within three weeks that count as improving. Source: ours, unverified."""


def pattern_of(chart: Chart, done: Sessions) -> str | None:
    """The quadrant of doing it × improving; None with too little to tell."""
    better, rate = _improving(chart), done.rate
    if better is None or rate is None or done.due < ENOUGH:
        return None
    if rate * 100 >= DOING_PERCENT:
        return "keep_going" if better else "change_plan"
    return "consider_discharge" if better else "barriers_first"


def _improving(chart: Chart) -> bool | None:
    """Mean morning pain of the last 7 days against the 7 days two weeks before; None with too few answers."""
    now, then = _week_of_answers(chart, 1), _week_of_answers(chart, 15)
    if len(now) < ENOUGH or len(then) < ENOUGH:
        return None
    fell = sum(then) / len(then) - sum(now) / len(now)
    return fell >= IMPROVED_BY or max(now) <= 1


def _week_of_answers(chart: Chart, back: int) -> list[int]:
    dates = (chart.today - timedelta(days=n) for n in range(back, back + 7))
    return [pain for on in dates if (pain := worst_morning(chart.history, on)) is not None]


def worst_morning(history: History, on: date) -> int | None:
    """The worst morning answer about a date, None without one."""
    return max((entry.fact.pain for entry in history.check_ins.get(on, ())), default=None)
