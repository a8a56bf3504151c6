"""Judges the nodes: who answers, who does not and why, what is too old, whose clock is wrong. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from vibes.domain.doctor.finding import Area, Finding, State, ok, warn, wrong
from vibes.domain.nodes.introduction import Introduction, NotReached, Unreached
from vibes.domain.nodes.node import NodeConfig, NodeState
from vibes.domain.nodes.status import NodeStatus
from vibes.domain.reason import ReasonCode
from vibes.text.networks import is_loopback
from vibes.text.plain_text import shortened

OLDEST_COMFYUI = (0, 3, 64)
"""The oldest version that this release was tried with (docs/comfyui-protocol.md)."""
OLDEST_PYTHON = (3, 9)
"""Older ones cannot run that version."""
SKEW_SECONDS = 5.0
"""From which on a clock counts as wrong: what a node tells is exact to the second, and may be seconds on its way."""
_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFacts:
    config: NodeConfig
    status: NodeStatus | None = None
    """As a running hub knows it; None without one."""
    said: Introduction | NotReached | None = None
    """None: nothing can be asked of a node of this kind, or it is disabled."""
    asked_at: datetime | None = None
    """By the hub's clock, in the middle of the exchange."""
    other_ports: tuple[int, ...] = ()
    """Where else on its host a ComfyUI answers."""


def judge_nodes(nodes: Sequence[NodeFacts], *, in_container: bool) -> Iterator[Finding]:
    """``in_container``: whether the hub runs in one, where 127.0.0.1 is the container itself."""
    if not nodes:
        yield wrong(
            Area.NODES,
            "no_nodes",
            "gpus.yaml lists no node: add your machines, or let `vibes discover` find them in your network.",
        )
        return
    enabled = [each for each in nodes if each.config.enabled]
    well = [each for each in enabled if _answers(each)]
    for each in enabled:
        yield from _of_node(each, alone=not well, in_container=in_container)
    yield from _in_all(enabled, well, disabled=len(nodes) - len(enabled))


def _answers(node: NodeFacts) -> bool:
    if node.said is not None:
        return isinstance(node.said, Introduction)
    return node.status is not None and node.status.reachable


def _in_all(enabled: Sequence[NodeFacts], well: Sequence[NodeFacts], *, disabled: int) -> Iterator[Finding]:
    off = f"; {disabled} disabled in gpus.yaml" if disabled else ""
    asked = [each for each in enabled if each.said is not None or each.status is not None]
    if not asked:
        message = f"no node could be asked without a running hub: start it to see them{off}."
        yield (
            ok(Area.NODES, "nodes_not_asked", message)
            if enabled
            else wrong(Area.NODES, "no_nodes", "every node is disabled in gpus.yaml: remove `enabled: false` from one.")
        )
    elif not well:
        yield wrong(Area.NODES, "no_node_answers", f"no node answers, of {len(asked)}: nothing can be drawn now{off}.")
    else:
        versions = Counter(f"ComfyUI {each.said.version}" for each in well if isinstance(each.said, Introduction))
        told = ", ".join(f"{name} on {count}" for name, count in versions.most_common(4))
        words = f"{len(well)} of {_counted(len(asked), 'node')} {'answers' if len(asked) == 1 else 'answer'}"
        yield ok(Area.NODES, "nodes_reached", f"{words}{f': {told}' if told else ''}{off}.")


def _of_node(node: NodeFacts, *, alone: bool, in_container: bool) -> Iterator[Finding]:
    if isinstance(node.said, NotReached):
        yield _not_reached(node, node.said, alone=alone, in_container=in_container)
        return
    if isinstance(node.said, Introduction):
        yield from _too_old(node, node.said)
    if node.status is not None:
        yield from _as_the_hub_sees_it(node, node.status)


def _not_reached(node: NodeFacts, said: NotReached, *, alone: bool, in_container: bool) -> Finding:
    state = State.WARN if said.cause in _MAY_BE_OFF and not alone else State.WRONG
    sentence = _ADVICE[said.cause].format(
        what=_readable(said.sentence), host=node.config.host, port=node.config.port, at=_address(node.config)
    )
    if node.other_ports and said.cause in {Unreached.REFUSED, Unreached.OTHER_PROGRAM}:
        ports = " and ".join(map(str, node.other_ports))
        sentence = (
            f"{_HEARD[said.cause].format(at=_address(node.config))}, but a ComfyUI answers there at port {ports}: "
        )
        sentence += "put that port into gpus.yaml."
    elif said.cause in _HEARD and _is_unspecified(node.config.host):
        sentence = (
            f"{node.config.host} is where a program listens, and no address of a machine: write the machine's own "
            "as host in gpus.yaml."
        )
    elif said.cause is Unreached.NO_NAME and node.config.host == _DOCKER_HOST:
        sentence = (
            f"the name {_DOCKER_HOST} is not known in this container: start it with "
            f"--add-host={_DOCKER_HOST}:host-gateway, or write the machine's address as host in gpus.yaml."
        )
    elif in_container and is_loopback(node.config.host or "") and said.cause is Unreached.REFUSED:
        sentence = (
            f"nothing listens at {_address(node.config)}, which is the hub's own container: for a "
            "ComfyUI outside of it say host.docker.internal, or the machine's address, as host in gpus.yaml."
        )
    return Finding(
        area=Area.NODES, code=f"node_{said.cause}", state=state, sentence=sentence, subject=str(node.config.id)
    )


_DOCKER_HOST = "host.docker.internal"
_MAY_BE_OFF = frozenset({Unreached.SILENT, Unreached.NO_ROUTE})
"""A machine that is switched off is no mistake while others answer."""
_HEARD = {
    Unreached.REFUSED: "nothing listens at {at}",
    Unreached.OTHER_PROGRAM: "what answers at {at} is no ComfyUI",
}
_ADVICE = {
    Unreached.REFUSED: "nothing listens at {at}: start ComfyUI there with --listen, or put right host and port in "
    "gpus.yaml.",
    Unreached.SILENT: "no answer from {at}: switch the machine on, and let port {port} through its firewall; a ComfyUI "
    "that hangs must be restarted.",
    Unreached.NO_ROUTE: "there is no way to {host}: compare its network with the hub's, and host in gpus.yaml.",
    Unreached.NO_NAME: "the name {host} is not known here: put right host in gpus.yaml, or write its address.",
    Unreached.TLS: "{what}.",
    Unreached.FORBIDDEN: "{at} forbids the request: a proxy before ComfyUI wants other `headers` in gpus.yaml, or must "
    "let this machine in.",
    Unreached.OTHER_PROGRAM: "what answers at {at} is no ComfyUI: put right host, port and path_prefix in gpus.yaml.",
    Unreached.BROKEN: "the exchange with {at} broke ({what}): look at ComfyUI, and at a proxy before it.",
}


def _too_old(node: NodeFacts, said: Introduction) -> Iterator[Finding]:
    subject = str(node.config.id)
    version = version_of(said.version)
    if version and version < OLDEST_COMFYUI:
        oldest = ".".join(map(str, OLDEST_COMFYUI))
        yield warn(
            Area.NODES,
            "node_comfyui_old",
            f"ComfyUI {said.version} is older than {oldest}, the oldest that this release was tried with: update it.",
            subject,
        )
    python = version_of(said.python)
    if python and python < OLDEST_PYTHON:
        message = f"its ComfyUI runs on Python {said.python}, which newer ones do not support: update Python there."
        yield warn(Area.NODES, "node_python_old", message, subject)


def _as_the_hub_sees_it(node: NodeFacts, status: NodeStatus) -> Iterator[Finding]:
    subject = str(node.config.id)
    reason = shortened(str(status.reason or status.last_error or "it does not answer"), _LONGEST)
    if status.state is NodeState.WEDGED:
        yield wrong(Area.NODES, "node_wedged", f"it answers and draws nothing: {reason}.", subject)
    elif status.state is NodeState.OFFLINE and node.said is None:
        away = status.reason is not None and status.reason.code in _AWAY_ON_PURPOSE
        yield (ok if away else wrong)(Area.NODES, "node_away", f"it is not there: {reason}.", subject)
    elif status.state is NodeState.DEGRADED:
        message = f"it answers slowly ({reason}) and is used only where no other can: see what else runs there."
        yield warn(Area.NODES, "node_slow", message, subject)
    elif status.state is NodeState.DRAINING:
        yield ok(Area.NODES, "node_drained", "it is drained and gets nothing new until somebody resumes it.", subject)
    if status.pause is not None:
        yield from _paused(subject, status)
    for file, why in list(status.unreadable.items())[:_MOST_FILES]:
        yield warn(Area.FILES, "file_unreadable", f"{shortened(why, _LONGEST)}: copy {file.name} there anew.", subject)


_MOST_FILES = 3
_AWAY_ON_PURPOSE = frozenset({ReasonCode.NOT_RENTED, ReasonCode.RENTING, ReasonCode.STARTING})
_PROVIDER = {ReasonCode.MISCONFIGURED: "provider_refuses", ReasonCode.OUT_OF_CREDIT: "provider_out_of_credit"}


def _paused(subject: str, status: NodeStatus) -> Iterator[Finding]:
    pause = status.pause
    if pause is None:
        return
    sentence = shortened(str(pause), _LONGEST)
    if pause.code in _PROVIDER:
        yield wrong(Area.KEYS, _PROVIDER[pause.code], f"it gets no work: {sentence}.", subject)
    elif pause.code is ReasonCode.ERRORS:
        last = shortened(status.last_error or "no reason was given", _LONGEST)
        yield warn(Area.NODES, "node_errors", f"it {sentence}; its last error: {last}.", subject)


def judge_clocks(nodes: Iterable[NodeFacts]) -> Iterator[Finding]:
    """The clocks of the nodes against the hub's; pictures, logs and certificates are dated by them."""
    skews = {str(each.config.id): skew for each in nodes if (skew := _skew(each)) is not None}
    for node_id, seconds in skews.items():
        if abs(seconds) > SKEW_SECONDS:
            side = "ahead of" if seconds > 0 else "behind"
            message = f"its clock is {_duration(abs(seconds))} {side} the hub's: let both follow a time server (NTP)."
            yield warn(Area.CLOCKS, "clock_skew", message, node_id)
    even = [each for each in skews.values() if abs(each) <= SKEW_SECONDS]
    if even:
        message = f"{_counted(len(even), 'node')} within {SKEW_SECONDS:g} s of the hub's clock."
        yield ok(Area.CLOCKS, "clocks_agree", message)


def _skew(node: NodeFacts) -> float | None:
    if not isinstance(node.said, Introduction) or node.said.date is None or node.asked_at is None:
        return None
    return (node.said.date - node.asked_at).total_seconds() + 0.5  # the header tells whole seconds, cut off


def _duration(seconds: float) -> str:
    for size, word in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {word}"
    return f"{seconds:.0f} s"


def version_of(text: str) -> tuple[int, ...]:
    """``(0, 3, 64)`` of ``v0.3.64-5-gabc``; empty where it is none."""
    found = re.match(r"v?(\d+(?:\.\d+)*)", text)
    return tuple(int(part[:6]) for part in found[1].split(".")[:4]) if found else ()


def _is_unspecified(host: str | None) -> bool:
    return host in {"0.0.0.0", "::"}  # noqa: S104 - nobody listens here


def _readable(words: str) -> str:
    """Without a page of HTML, in which proxies tell their errors."""
    return shortened(words.partition(": <")[0], _LONGEST)


def _address(config: NodeConfig) -> str:
    return config.base_url.removeprefix("http://")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
