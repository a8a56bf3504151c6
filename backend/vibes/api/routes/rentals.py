"""``/api/rentals``: machines that are rented, what they cost, and their end."""

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.schemas.rentals import RentalList, RentalOut

router = api_router(prefix="/api/rentals", tag="rentals")


@router.get("")
async def list_rentals(rentals: given.Rentals) -> RentalList:
    return RentalList(rentals=[RentalOut.of(each) for each in rentals.listed()], problems=list(rentals.problems))


@router.delete("/{rental_id}")
async def end_rental(rental_id: str, rentals: given.Rentals) -> RentalOut:
    """It is given back, whatever it draws, and is over once it is listed as ended; its work goes on elsewhere. Nothing
    is rented in its place for half an hour."""
    return RentalOut.of(await rentals.end(rental_id))
