"""What it means for a person that the hub was reached, or why it was not. Pure."""

from collections.abc import Iterator
from importlib.metadata import version

from vibes.client import (
    ClientError,
    DoctorFinding,
    HubAway,
    HubRefused,
    HubUntrusted,
    KeyRefused,
    NotFound,
    NotUnderstood,
    WrongAddress,
)
from vibes.domain.doctor.finding import Area, Finding, State, ok, warn, wrong
from vibes.environment.machine.listeners import Listener


def reached(url: str, its_version: str) -> Iterator[Finding]:
    yield ok(Area.HUB, "hub_reached", f"the hub answers at {url}.")
    if its_version != version("vibes-imgen"):
        message = (
            f"the hub is {its_version} and this command {version('vibes-imgen')}: install the same release for both."
        )
        yield warn(Area.HUB, "hub_other_version", message)


def of_hub(finding: DoctorFinding) -> Finding:
    """One of a newer hub may be about an area, or in a state, that is not known here."""
    area = finding.area if isinstance(finding.area, Area) else Area.HUB
    state = finding.state if isinstance(finding.state, State) else State.WARN
    return Finding(area=area, code=finding.code, state=state, sentence=finding.sentence, subject=finding.subject)


def not_reached(error: ClientError, url: str, listener: Listener | None) -> Finding:
    """``listener``: who listens at that port, where it is of this machine."""
    match error:
        case WrongAddress():
            return wrong(Area.HUB, "hub_address", f"{error}.")
        case KeyRefused():
            message = "the hub asks for its key: set VIBES_API_KEY, or name its file with --api-key-file."
            return wrong(Area.HUB, "hub_key_refused", message, url)
        case NotFound():
            message = "the hub there knows no doctor: it is older than this command, update and restart it."
            return wrong(Area.HUB, "hub_older", message, url)
        case NotUnderstood():
            message = f"what answers there is no hub{_who(listener)}: end it, or choose another port for the hub."
            return wrong(Area.HUB, "hub_other_program", message, url)
        case HubRefused():
            return wrong(Area.HUB, "hub_refuses", f"the hub refuses to say how it is: {error.message}.", url)
        case HubUntrusted():
            return wrong(Area.HUB, "hub_certificate", f"{error}", url)
        case HubAway() if listener is not None:
            message = f"something listens there{_who(listener)} and does not answer: see its log, and restart it."
            return wrong(Area.HUB, "hub_hangs", message, url)
    message = f"no hub answers at {url}: `vibes serve` starts one. What follows is from settings and files."
    return warn(Area.HUB, "hub_not_running", message)


def _who(listener: Listener | None) -> str:
    return f" ({listener.command}, process {listener.pid})" if listener is not None and listener.pid else ""
