"""Hostile pictures at length: the corpus and twenty thousand mutated ones, a new worker for every thousand."""

import os
from collections import Counter

from tests.server.mutating import CORPUS, MOST_MEMORY_KIB, mutated, try_all

PICTURES = 20_000
_A_WORKER = 1_000


def run() -> dict[str, object]:
    """Nothing but refusals by code and clean pictures, within the memory."""
    count = int(os.environ.get("SOAK_PICTURES", PICTURES))
    answers: Counter[str] = Counter()
    peak = 0
    seeds = [range(begin, min(begin + _A_WORKER, count)) for begin in range(0, count, _A_WORKER)]
    for batch in ((make() for make, _ in CORPUS.values()), *((mutated(seed) for seed in part) for part in seeds)):
        outcome = try_all(iter(batch))
        assert outcome.wrong == [], outcome.wrong[:20]
        answers.update(outcome.answers)
        peak = max(peak, outcome.peak_kib)
    assert sum(answers.values()) == count + len(CORPUS)
    assert 0 < peak < MOST_MEMORY_KIB, peak
    return {"pictures": sum(answers.values()), "taken": answers["taken"], "peak_mib": peak // 1024}
