"""A real line to a node or a hub that can go dead, be cut, or lose a submission at the worst moment."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from enum import StrEnum

from tests.loopback import END_OF_HEAD, body_length

_CHUNK = 65536


class Fate(StrEnum):
    """What becomes of one submission."""

    PASSES = "passes"
    CUT_BEFORE = "cut before it has arrived"
    CUT_AFTER = "cut when it has arrived"
    ANSWER_HELD = "it has arrived, the answer comes when the line is let go"
    HELD = "it has not arrived, nor has anybody an answer, until the line is let go"


class BadLine:
    """Passes bytes between whoever connects to ``port`` and the target, as far as it is told to.

    ``submission``: how a request begins that ``fate`` is asked for.
    """

    def __init__(self, target: int, submission: bytes) -> None:
        self.port = 0
        self.fate: Callable[[], Fate] = lambda: Fate.PASSES
        """Asked for each submission."""
        self.fates: list[Fate] = []
        """What they were."""
        self._target = target
        self._submission = submission
        self._alive = asyncio.Event()
        self._alive.set()
        self._let_go = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._connections: set[asyncio.Task[None]] = set()

    def go_dead(self) -> None:
        """From now on nothing arrives, in either direction, and nobody is told: connections just fall silent."""
        self._alive.clear()

    def revive(self) -> None:
        """What was on its way arrives."""
        self._alive.set()

    def let_go(self) -> None:
        """What was held goes on."""
        self._let_go.set()

    def accept(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._connect(client, answer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def end(self) -> None:
        self.revive()
        self.let_go()
        for writer in self._writers:
            writer.transport.abort()
        if self._connections:
            await asyncio.wait(self._connections)

    async def _connect(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        self._writers.add(answer)
        await self._alive.wait()
        try:
            node, request = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            answer.transport.abort()
            return
        ends = {answer, request}
        self._writers |= ends
        cut_answer = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as directions:
                directions.create_task(self._requests(client, request, answer, cut_answer))
                directions.create_task(self._answers(node, answer, cut_answer))
        finally:
            self._writers -= ends
            for end in ends:
                end.close()

    async def _requests(
        self,
        client: asyncio.StreamReader,
        request: asyncio.StreamWriter,
        answer: asyncio.StreamWriter,
        cut_answer: asyncio.Event,
    ) -> None:
        with suppress(ConnectionError):
            while chunk := await client.read(_CHUNK):
                await self._alive.wait()
                is_submission = chunk.startswith(self._submission)
                if is_submission:
                    chunk += await _rest_of(chunk, client)
                fate = self._fate() if is_submission else Fate.PASSES
                if fate is Fate.CUT_BEFORE:
                    answer.transport.abort()
                    break
                if fate is Fate.HELD:
                    await self._let_go.wait()
                if fate in {Fate.CUT_AFTER, Fate.ANSWER_HELD}:
                    cut_answer.set()
                request.write(chunk)
                await request.drain()
                if fate is Fate.HELD:
                    return  # its sender has hung up long ago; a node that heard so at once might drop it unread
        request.close()

    def _fate(self) -> Fate:
        self.fates.append(self.fate())
        return self.fates[-1]

    async def _answers(
        self, node: asyncio.StreamReader, answer: asyncio.StreamWriter, cut_answer: asyncio.Event
    ) -> None:
        with suppress(ConnectionError):
            while chunk := await node.read(_CHUNK):
                await self._alive.wait()
                if cut_answer.is_set() and self.fates[-1] is Fate.ANSWER_HELD:
                    await self._let_go.wait()
                elif cut_answer.is_set():
                    answer.transport.abort()
                    return
                answer.write(chunk)
                await answer.drain()
        answer.close()


async def _rest_of(begun: bytes, client: asyncio.StreamReader) -> bytes:
    """What is missing of a request, so that it is on its way whole even when its sender hangs up meanwhile."""
    rest = b""
    while END_OF_HEAD not in begun + rest:
        rest += await client.readexactly(1)
    head, _, body = (begun + rest).partition(END_OF_HEAD)
    return rest + await client.readexactly(body_length(head) - len(body))


@asynccontextmanager
async def bad_line(target: int, submission: bytes = b"POST /prompt ") -> AsyncIterator[BadLine]:
    """A line to the port ``target`` of this machine, until the end of the story."""
    line = BadLine(target, submission)
    server = await asyncio.start_server(line.accept, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        await line.end()
        await server.wait_closed()
