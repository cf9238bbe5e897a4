"""Writers take turns in the order they came, and one who gives up leaves no gap."""

from threading import Event, Thread

from server.turns import Turns


def test_who_came_first_is_served_first() -> None:
    turns, served = Turns(), list[int]()
    assert turns.take(0)

    def work(number: int) -> None:
        assert turns.take(60)
        served.append(number)
        turns.give_back()

    threads = [Thread(target=work, args=(n,)) for n in range(5)]
    for waiting, thread in enumerate(threads, 1):
        thread.start()
        while len(turns._waiting) < waiting:
            Event().wait(0.001)
    turns.give_back()
    for thread in threads:
        thread.join()
    assert served == [0, 1, 2, 3, 4]
    assert turns.take(0)


def test_who_gives_up_leaves_no_gap() -> None:
    turns = Turns()
    assert turns.take(0)
    assert not turns.take(0.001)
    turns.give_back()
    assert turns.take(0)
