"""Rented machines: list them, and have them given back."""

from urllib.parse import quote

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, Transport, get
from vibes.client.values.rentals import Rental, RentalPage

_PATH = "/api/rentals"


class AsyncRentals:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def list(self) -> RentalPage:
        """Open ones first, then those that ended within thirty days."""
        return await self._transport.value(RentalPage, get(_PATH))

    async def end(self, rental_id: str) -> Rental:
        """Have it given back, whatever it draws; it is over once it is listed as ended."""
        call = Call(method="DELETE", path=f"{_PATH}/{quote(rental_id, safe='')}", repeatable=True)
        return await self._transport.value(Rental, call)


class Rentals:
    """`AsyncRentals` for callers without an event loop."""

    def __init__(self, rentals: AsyncRentals, loop: BackgroundLoop) -> None:
        self._rentals = rentals
        self._loop = loop

    def list(self) -> RentalPage:
        return self._loop.run(self._rentals.list())

    def end(self, rental_id: str) -> Rental:
        return self._loop.run(self._rentals.end(rental_id))
