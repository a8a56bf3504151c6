"""Who asks: a key with a role, or whoever reaches a hub that asks for no key."""

from dataclasses import dataclass
from enum import StrEnum

from vibes.domain.ids import OwnerId


class Role(StrEnum):
    VIEWER = "viewer"
    """Looks."""
    ARTIST = "artist"
    """Asks for pictures as well."""
    ADMIN = "admin"
    """Does everything, also with machines and with what is others'."""


@dataclass(frozen=True, slots=True)
class Principal:
    name: str
    """Of the key, for logs and for people."""
    role: Role
    """Goes along with each request; the hub refuses nothing by it as long as there is one key at most."""
    owner: OwnerId | None = None
    """Whose it is what is made in this name; None: everybody's."""


LOCAL = Principal("local", Role.ADMIN)
"""Whoever asks where no key is set."""
ANYBODY = Principal("anybody", Role.VIEWER)
"""Whoever asks without a key for what is answered without one."""
SHARED_KEY = Principal("VIBES_API_KEY", Role.ADMIN)
"""Whoever has the one key that all share: what they make is everybody's, as it is without a key."""
