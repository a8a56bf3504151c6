"""``vibes doctor``: asks the hub's doctor or, where no hub runs, looks at settings and files by itself."""

import json
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import typer

from vibes.app.doctor.without_hub import checks_without_hub
from vibes.client import ClientError, DoctorReport, HubAddress
from vibes.commands.common.given_settings import SettingMistakes, settings_or_mistakes
from vibes.commands.common.hub_client import open_hub
from vibes.commands.common.options import hub_at
from vibes.commands.setup.reaching import not_reached, of_hub, reached
from vibes.commands.setup.showing import as_document, show
from vibes.domain.doctor.finding import Area, Finding, Report, State, in_order, wrong
from vibes.environment.machine.listeners import listener_on
from vibes.environment.settings import DEFAULT_PORT, Settings
from vibes.services.doctor.examination import examine
from vibes.services.runtime.clock import SystemClock
from vibes.text.networks import is_loopback

STATUS = {State.OK: 0, State.WARN: 1, State.WRONG: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorOptions:
    url: str | None
    config: Path | None
    data: Path | None
    api_key: str | None
    api_key_file: Path | None


async def run_doctor(options: DoctorOptions, *, as_json: bool) -> None:
    """Exits with the status of the worst finding."""
    report = await _report(options)
    if as_json:
        typer.echo(json.dumps(as_document(report), indent=2))
    else:
        show(report)
    raise typer.Exit(STATUS[report.state])


async def _report(options: DoctorOptions) -> Report:
    try:
        settings = settings_or_mistakes(config=options.config, data=options.data, api_key_file=options.api_key_file)
        mistakes: list[Finding] = []
    except SettingMistakes as error:
        settings = None
        mistakes = [wrong(Area.SETTINGS, "setting_wrong", f"{each}: put that right.") for each in error.sentences]
    address = _address(options, settings)
    try:
        async with open_hub(address, patience_seconds=0) as hub:
            found = await hub.doctor.examine()
    except ClientError as error:
        return await _without_hub(options, settings, [*mistakes, _why_not(error, address)])
    return _told(found, [*mistakes, *reached(address.url, found.version)])


def _address(options: DoctorOptions, settings: Settings | None) -> HubAddress:
    return hub_at(options.url or _own_url(settings), options.api_key, options.api_key_file)


def _own_url(settings: Settings | None) -> str:
    """Where a hub with these settings is asked from its own machine."""
    if settings is None:
        return f"http://127.0.0.1:{DEFAULT_PORT}"
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - only replaced here
    scheme = "http" if settings.tls_cert is None else "https"
    return f"{scheme}://[{host}]:{settings.port}" if ":" in host else f"{scheme}://{host}:{settings.port}"


def _why_not(error: ClientError, address: HubAddress) -> Finding:
    listener = listener_on(_port(address.url)) if _is_here(address.url) else None
    return not_reached(error, address.url, listener)


async def _without_hub(options: DoctorOptions, settings: Settings | None, found: list[Finding]) -> Report:
    elsewhere = options.url is not None and not _is_here(options.url)
    checks = [] if settings is None or elsewhere else checks_without_hub(settings, SystemClock())
    report = await examine(checks, SystemClock(), version("vibes-imgen"), "files")
    return replace(report, findings=in_order([*found, *report.findings]))


def _told(found: DoctorReport, more: list[Finding]) -> Report:
    return Report(
        findings=in_order([*more, *map(of_hub, found.findings)]),
        checked_at=found.checked_at,
        took_seconds=found.took_seconds,
        version=found.version,
        source="hub",
    )


def _is_here(url: str) -> bool:
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _port(url: str) -> int:
    try:
        return urlsplit(url).port or 80
    except ValueError:
        return 0
