"""``/api/doctor``: what is right with the hub and its surroundings, and what to do about the rest."""

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.schemas.doctor import DoctorReport

router = api_router(prefix="/api/doctor", tag="doctor")


@router.get("")
async def examine(doctor: given.Doctor) -> DoctorReport:
    """Look at everything now; nothing is changed. It takes as long as the slowest part, up to half a minute where one
    hangs. Who asks meanwhile gets the same answer."""
    return DoctorReport.of(await doctor.examine())
