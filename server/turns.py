"""A lock that serves those who wait in the order they came, so that under load nobody waits for ever."""

from collections import deque
from threading import Lock


class Turns:
    """One holder at a time. Not reentrant."""

    def __init__(self) -> None:
        self._mutex, self._held = Lock(), False
        self._waiting: deque[Lock] = deque()

    def take(self, timeout: float) -> bool:
        """Wait for one's turn, at most `timeout` seconds. True: it is one's own until `give_back`."""
        with self._mutex:
            if not self._held:
                self._held = True
                return True
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=timeout):
            return True
        with self._mutex:
            if mine not in self._waiting:
                return True  # the turn came between the time-out and here
            self._waiting.remove(mine)
        return False

    def give_back(self) -> None:
        """End one's turn: the one who waited longest is next."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False
