"""A weak line to a server on this machine: what all connections together get in a second, and how long a way takes.

Bytes leave in the order in which they came, at the line's pace; nothing is lost. Only what comes from the server is
paced: a first visit sends next to nothing.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

HOST = "127.0.0.1"
_PIECE = 16_384


class _Line:
    """The way from the server: one for all connections."""

    def __init__(self, bits_per_second: float, one_way_s: float) -> None:
        self._bytes_per_second = bits_per_second / 8
        self._one_way_s = one_way_s
        self._free_at = 0.0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, paced: bool) -> None:
        """Pass everything on until the sender ends."""
        loop = asyncio.get_running_loop()
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=64)

        async def send() -> None:
            with suppress(ConnectionError):
                while piece := await reader.read(_PIECE):
                    if paced:
                        self._free_at = max(self._free_at, loop.time()) + len(piece) / self._bytes_per_second
                    await under_way.put(((self._free_at if paced else loop.time()) + self._one_way_s, piece))
            await under_way.put((loop.time() + self._one_way_s, b""))

        sending = asyncio.ensure_future(send())
        with suppress(ConnectionError):
            while True:
                at, piece = await under_way.get()
                await asyncio.sleep(max(0.0, at - loop.time()))
                if not piece:
                    break
                writer.write(piece)
                await writer.drain()
        sending.cancel()
        writer.close()


@contextmanager
def weak_line(port: int, *, mbit_per_second: float = 10, round_trip_ms: float = 50) -> Iterator[int]:
    """The port at which the server at `port` is reached over the weak line, while the block runs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    line = _Line(mbit_per_second * 1_000_000, round_trip_ms / 2000)

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection(HOST, port)
        with suppress(ConnectionError):
            await asyncio.gather(line.carry(reader, up_writer, paced=False), line.carry(up_reader, writer, paced=True))

    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(join, HOST, 0), loop).result()
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
