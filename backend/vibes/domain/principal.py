"""Who sends a request: a key with a role, or anybody where the hub needs no key."""

from dataclasses import dataclass
from enum import StrEnum

from vibes.domain.ids import OwnerId


class Role(StrEnum):
    VIEWER = "viewer"
    """May look."""
    ARTIST = "artist"
    """May also submit."""
    ADMIN = "admin"
    """May do everything, with machines and with other people's work too."""


@dataclass(frozen=True, slots=True)
class Principal:
    name: str
    """The key's name, for logs and people."""
    role: Role
    """Sent with each request; nothing is refused by it as long as there is at most one key."""
    owner: OwnerId | None = None
    """The owner of what is made under this name; None: everybody's."""


LOCAL = Principal("local", Role.ADMIN)
"""Anybody, where no key is set."""
ANYBODY = Principal("anybody", Role.VIEWER)
"""Anybody without a key, for what is answered without one."""
SHARED_KEY = Principal("VIBES_API_KEY", Role.ADMIN)
"""Anybody with the one shared key: what they make is everybody's, as without a key."""
