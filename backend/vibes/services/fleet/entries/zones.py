"""Time zones by their names, as this machine knows them."""

from datetime import tzinfo
from zoneinfo import ZoneInfo


def zone_of(timezone: str | None) -> tzinfo | None:
    """That of an IANA name; None: this machine's own. Raises ValueError, with advice, for an unknown one."""
    if timezone is None:
        return None
    try:
        return ZoneInfo(timezone)
    except (KeyError, ValueError, OSError) as error:  # no such file, or a name that leads elsewhere
        raise ValueError(f"no time zone {timezone!r}: say for example Europe/Berlin ({error})") from None
