"""The doctor: what is right with the hub and its surroundings, and what to do about the rest."""

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Transport, get
from vibes.client.values.doctor import DoctorReport


class AsyncDoctor:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def examine(self) -> DoctorReport:
        """Have the hub look at everything now, which changes nothing and takes half a minute at most."""
        return await self._transport.value(DoctorReport, get("/api/doctor"))


class Doctor:
    """`AsyncDoctor` for callers without an event loop."""

    def __init__(self, doctor: AsyncDoctor, loop: BackgroundLoop) -> None:
        self._doctor = doctor
        self._loop = loop

    def examine(self) -> DoctorReport:
        return self._loop.run(self._doctor.examine())
