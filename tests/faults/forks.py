"""Processes to kill, forked from a parent that has imported everything: a start costs a fraction of a second."""

import multiprocessing

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "tests.faults.warm",
        "tests.faults.victim",
        "tests.faults.tapper",
        "tests.faults.migrator",
        "tests.faults.vaulter",
        "tests.faults.ticking",
    ]
)
