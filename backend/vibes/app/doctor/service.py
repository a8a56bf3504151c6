"""The doctor of a running hub: its checks are loaded when somebody first asks."""

from collections.abc import Sequence
from importlib.metadata import version

from vibes.app.house import House
from vibes.ports.checks import Check
from vibes.services.doctor.service import Doctor
from vibes.services.runtime.hub_health import HubHealth


def hub_doctor(house: House, health: HubHealth) -> Doctor:
    def checks() -> Sequence[Check]:
        from vibes.app.doctor.hub_checks import hub_checks

        return hub_checks(house, health)

    return Doctor(checks, house.ground.base.clock, version("vibes-imgen"))
