"""The child as a process: spoken to by messages, its log kept short, its end told in words."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from vibes.generators.errors import Crashed, Misconfigured
from vibes.generators.local.frames import HEAD, BrokenFrame, Message, decoded, encoded, lengths
from vibes.generators.local.log_tail import LogTail
from vibes.generators.processes.started import Started, started

END_SECONDS = 3.0
"""How long a child may take to end once its pipe is closed, before it is killed."""
_KILLED_STATUS = 128 + signal.SIGKILL
_HEARD_AHEAD = 64
"""Messages that are taken off the pipe before they are looked at; then the child has to wait."""


class ChildProcess:
    """Made by `begun`. Ends when this process dies: by the kernel, or for its pipe is at its end."""

    def __init__(
        self,
        process: Started,
        mouth: asyncio.StreamWriter,
        ear: asyncio.StreamReader,
        log: asyncio.StreamReader,
    ) -> None:
        self.log = LogTail()
        self._process = process
        self._mouth = mouth
        self._heard: asyncio.Queue[Message | None] = asyncio.Queue(_HEARD_AHEAD)
        self._broken = ""
        self._log_read = asyncio.create_task(self._keep_log(log))
        self._reading = asyncio.create_task(self._read(ear))

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def gone(self) -> bool:
        """Whether it will never answer again."""
        return self._reading.done() or not self._process.runs

    async def tell(self, message: Message, seconds: float) -> None:
        """Crashed where it is gone, or does not listen for so long."""
        try:
            async with asyncio.timeout(seconds):
                self._mouth.write(encoded(message))
                await self._mouth.drain()
        except TimeoutError:
            raise Crashed(self._in_words(f"did not listen for {seconds:g} s")) from None
        except (ConnectionError, RuntimeError):
            raise Crashed(await self._death()) from None

    async def hear(self, seconds: float) -> Message:
        """The next message. Crashed where it is gone, or silent for so long."""
        try:
            async with asyncio.timeout(seconds):
                message = await self._heard.get()
        except TimeoutError:
            raise Crashed(self._in_words(f"showed no sign of life for {seconds:g} s")) from None
        if message is None:
            self._heard.put_nowait(None)
            raise Crashed(await self._death())
        return message

    async def end(self) -> None:
        """Ended for sure, whatever it does; and all that it started."""
        self._mouth.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await self._drain()
                await self._process.over()
        self._process.kill()
        await self._process.over()
        self._reading.cancel()
        self._log_read.cancel()
        await asyncio.gather(self._reading, self._log_read, return_exceptions=True)

    async def kill(self) -> None:
        """At once: it hangs, or its memory is in disorder."""
        self._process.kill()
        await self.end()

    async def _drain(self) -> None:
        """What it still says must not keep it from ending."""
        while not self._reading.done():
            if await self._heard.get() is None:
                return

    async def _read(self, stream: asyncio.StreamReader) -> None:
        try:
            while True:
                text, attached = lengths(await stream.readexactly(HEAD.size))
                message = decoded(await stream.readexactly(text), await stream.readexactly(attached))
                await self._heard.put(message)
        except asyncio.IncompleteReadError:
            pass
        except BrokenFrame as error:
            self._broken = str(error)
        await self._heard.put(None)

    async def _keep_log(self, stream: asyncio.StreamReader) -> None:
        while said := await stream.read(2**16):
            self.log.feed(said)

    async def _death(self) -> str:
        """Its end in words, once it has ended; a child that only speaks nonsense is killed."""
        if self._broken:
            return self._in_words(f"broke the protocol: {self._broken}")
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await self._process.over()
                await asyncio.shield(self._log_read)
        status = self._process.status
        if status is None:
            return self._in_words("closed its pipe")
        if status in {-signal.SIGKILL, _KILLED_STATUS}:
            return self._in_words("was killed, as the system does where memory runs out")
        if status < 0:
            return self._in_words(f"was ended by {signal.Signals(-status).name}")
        return self._in_words(f"ended with status {status}")

    def _in_words(self, what: str) -> str:
        log = str(self.log)
        return f"the process that draws {what}" + (f"; its log ends:\n{log}" if log else "")


async def begun(command: Sequence[str], environment: Mapping[str, str], owner: Path) -> ChildProcess:
    """``owner``: the folder that it draws for. Misconfigured where there is no such program."""
    if not os.access(command[0], os.X_OK):
        raise Misconfigured(f"{command[0]} cannot be started: it is no program that may be run")
    try:
        process = await started(
            command, environment, owner, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except OSError as error:
        raise Misconfigured(f"{command[0]} cannot be started: {error}") from error
    stdin, stdout, stderr = process.pipes
    return ChildProcess(process, await _writer(stdin), await _reader(stdout), await _reader(stderr))


async def _reader(pipe: IO[bytes] | None) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader


async def _writer(pipe: IO[bytes] | None) -> asyncio.StreamWriter:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), pipe
    )
    return asyncio.StreamWriter(transport, protocol, None, loop)
