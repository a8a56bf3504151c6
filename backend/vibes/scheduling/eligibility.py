"""Whether a node can do a piece of work, and if not, why."""

from collections.abc import Callable, Collection, Iterable
from datetime import UTC

from vibes.domain.cost import MAY_SPEND_NOTHING, Use
from vibes.domain.ids import NodeId
from vibes.domain.money import shown_usd
from vibes.domain.nodes.card_memory import memory_reason
from vibes.domain.nodes.node import NodeConfig, NodeState
from vibes.domain.pictures.spec import Operation
from vibes.domain.reason import Reason, ReasonCode
from vibes.scheduling.snapshot import NodeView, Work

_OPERATION_CAPABILITIES = {
    Operation.UPSCALE: "upscale",
    Operation.CONTROLNET: "controlnet",
}

_FAMILY_CAPABILITIES: dict[str, frozenset[str]] = {
    "flux": frozenset({"flux", "flux_fp8"}),
}
"""Families to which a node may be entitled by more than one capability of ``gpus.yaml``."""

ANY_FAMILY = "any"

Refusal = Callable[[NodeView, Work], Reason | None]


def _nothing_refused(_: NodeView, __: Work) -> Reason | None:
    return None


def never_reason(node: NodeView, work: Work) -> Reason | None:
    """Why this node could not do the work even if it were idle; None when it could, or when that is unknown yet."""
    config, spec = node.config, work.spec
    if not config.enabled:
        return Reason(ReasonCode.DISABLED, "is disabled in gpus.yaml")
    if node.use is Use.NEVER:
        return Reason(ReasonCode.NOT_USED, "is not to be used, says gpus.yaml")
    capability = lacking_capability(config, spec.model_family, spec.operation)
    if capability is not None:
        return Reason(ReasonCode.NO_CAPABILITY, f"has no capability {capability}")
    if too_large(spec.width or 0, spec.height or 0, config.max_resolution):
        asked = max(spec.width or 0, spec.height or 0)
        return Reason(ReasonCode.TOO_LARGE, f"goes up to {config.max_resolution} px, not {asked}")
    if node.inventory is not None:
        absent = node.inventory.lacks(work.requirements)
        if absent:
            return Reason(ReasonCode.LACKS, " and ".join(absent))
    return _too_dear(node, work)


def _too_dear(node: NodeView, work: Work) -> Reason | None:
    """Why the work may never be paid for there."""
    cost = node.cost
    if not node.costs:
        return None
    if cost is None:
        return Reason(ReasonCode.COSTS, "charges, and nobody has said how much: give it a cost in gpus.yaml")
    if cost.least and work.paid:
        return Reason(ReasonCode.COSTS, f"costs {cost}, and this one was paid for already")
    if cost.least > work.max_cost:
        limit = f"this batch may spend {shown_usd(work.max_cost)}" if work.max_cost else MAY_SPEND_NOTHING
        return Reason(ReasonCode.COSTS, f"costs {cost}, and {limit}")
    return None


def too_large(width: int, height: int, max_resolution: int) -> bool:
    """Whether a picture exceeds the node's limit. Memory grows with the number of pixels: a node that draws a square of
    ``max_resolution`` draws an oblong of as many pixels too, unless a side is more than a third longer."""
    return width * height > max_resolution**2 or max(width, height) * 3 >= max_resolution * 4


def lacking_capability(config: NodeConfig, family: str, operation: Operation) -> str | None:
    """The capability that the work needs and ``gpus.yaml`` does not give the node; None without one."""
    accepted = _FAMILY_CAPABILITIES.get(family, frozenset({family}))
    if family != ANY_FAMILY and not accepted & config.capabilities:
        return family
    needed = _OPERATION_CAPABILITIES.get(operation)
    return needed if needed is not None and needed not in config.capabilities else None


def not_now_reason(node: NodeView, work: Work, refused: Refusal = _nothing_refused) -> Reason | None:
    """Why an able node does not take this work at the moment; None when it takes it.

    ``refused``: why no money may be spent on it there now.
    """
    if node.reason is not None and node.reason.code is ReasonCode.OWNER_HOURS:
        return node.reason
    if not node.state.takes_work:
        since = f" since {node.since.astimezone(UTC):%H:%M} UTC" if node.since else ""
        return Reason(ReasonCode.STATE, f"is {node.state}{since}" + (f": {node.reason}" if node.reason else ""))
    if node.inventory is None:
        return Reason(ReasonCode.NOT_ASKED, "has not answered yet")
    if node.id in work.excluded_nodes:
        return Reason(ReasonCode.FAILED_BEFORE, "already failed this one")
    if (unreadable := cannot_read(node, work)) is not None:
        return Reason(ReasonCode.UNREADABLE_FILE, unreadable)
    if node.is_away:
        return Reason(ReasonCode.OWNER_HOURS, "belongs to its owner")
    if node.paused_for:
        return node.pause_reason or Reason(ReasonCode.DOUBTED, "lost its last job")
    return refused(node, work) or memory_taken(node, work) or _kept_for_an_overflow(node) or _without_room(node)


def _kept_for_an_overflow(node: NodeView) -> Reason | None:
    if node.use is not Use.OVERFLOW:
        return None
    seconds = node.config.overflow_after_seconds
    return Reason(ReasonCode.OVERFLOW, f"is kept for work that others would finish in more than {seconds:g} s")


def _without_room(node: NodeView) -> Reason | None:
    if node.clogged:
        return Reason(ReasonCode.CLOGGED, "waits for its finished pictures to be stored")
    return None if node.room else Reason(ReasonCode.BUSY, "is working")


def cannot_read(node: NodeView, work: Work) -> str | None:
    """Why the node is spared this work while another node can do it: it recently failed to read one of the files."""
    if not node.unreadable or node.inventory is None:
        return None
    read = node.inventory.reads(work.requirements)
    return next((node.unreadable[file] for file in read if file in node.unreadable), None)


def memory_taken(node: NodeView, work: Work) -> Reason | None:
    """Why too little of its memory is left for this work: another program holds it."""
    others, needs = node.others_memory, node.config.memory_needs
    operation = _OPERATION_CAPABILITIES.get(work.spec.operation, ANY_FAMILY)
    return memory_reason(others) if needs.lacks(others, work.spec.model_family, operation) else None


def spared(nodes: Collection[NodeView], work: Work) -> frozenset[NodeId]:
    """Nodes that do not get this work although they could take it, judged by the whole fleet, absent nodes included.

    Spared are nodes that failed to read one of its files, as long as another node could do it; without one, another try
    costs little and reports the reason. And nodes of whose memory another program holds too much. And nodes that have
    the requested file only in another spelling, where a node has one of exactly that name: a backslash is an ordinary
    character there, so it is another file. And nodes that died while they ran it, once it is suspect and as long as
    another one is there that could take it for nothing: what draws in a process of the hub's own is back in a moment,
    and would die of it again before anybody else had a turn.
    """
    elsewhere = {node.id for node in nodes if node.others_memory.held and memory_taken(node, work) is not None}
    for folder, name in work.requirements.files:
        if "\\" in name:
            having = {node.id for node in nodes if node.inventory and node.inventory.has_exactly(folder, name)}
            elsewhere |= {node.id for node in nodes if having and node.id not in having}
    unreadable = {node.id for node in nodes if node.unreadable and cannot_read(node, work) is not None}
    if unreadable:
        others = (node for node in nodes if node.id not in unreadable | elsewhere)
        elsewhere |= unreadable if any(suited(node, work) for node in others) else set()
    if work.suspect and work.died_on:
        others = (node for node in nodes if node.id not in work.died_on | elsewhere and not node.costs)
        elsewhere |= work.died_on if any(able(node, work) for node in others) else set()
    return frozenset(elsewhere)


def usable(node: NodeView) -> bool:
    """Whether the node takes any work at present."""
    return node.state.takes_work and node.inventory is not None and not node.is_away


def awaited(node: NodeView) -> bool:
    """Whether the node takes work at present, or it is known when its owner lends it again."""
    if not node.is_away:
        return usable(node)
    lent_again = node.state.takes_work or node.state is NodeState.DRAINING
    return lent_again and node.inventory is not None and node.returns_in is not None


def kept_for_its_owner(node: NodeView, seconds: float) -> Reason | None:
    """Why the node does not begin work of so many seconds now: its owner has it before that would end."""
    if not node.away or node.is_away or seconds <= node.away[0].begin:
        return None
    return Reason(ReasonCode.OWNER_HOURS, "belongs to its owner soon, before it would be done with this")


def suited(node: NodeView, work: Work) -> bool:
    """Whether the node may get this work whenever it is usable."""
    return node.id not in work.excluded_nodes and never_reason(node, work) is None


def able(node: NodeView, work: Work) -> bool:
    """Whether the node may get this work as soon as it is free."""
    return usable(node) and suited(node, work)


def candidates(nodes: Iterable[NodeView], work: Work) -> list[NodeView]:
    """The nodes that may take this work, those included that are busy or are known to come back; only the preferred
    one while it is able."""
    able_nodes = [node for node in nodes if awaited(node) and suited(node, work) and not memory_taken(node, work)]
    preferred = [node for node in able_nodes if node.id == work.spec.preferred_node and not node.is_away]
    return preferred or able_nodes


def not_stranded(nodes: Iterable[NodeView], work: Work) -> Work:
    """The work; it may return to nodes where it failed when no other node is left that could ever do it."""
    if not work.excluded_nodes:
        return work
    others = (node for node in nodes if node.id not in work.excluded_nodes)
    stranded = all(never_reason(node, work) is not None for node in others)
    return work.excluding(frozenset()) if stranded else work


def refusals(nodes: Iterable[NodeView], work: Work) -> dict[NodeId, Reason]:
    """By node: why it could never do the work; nodes that could are absent."""
    return {node.id: reason for node in nodes if (reason := never_reason(node, work)) is not None}


def waiting_reason(nodes: Iterable[NodeView], work: Work, refused: Refusal = _nothing_refused) -> Reason | None:
    """Why queued work waits; None when some node is free for it now."""
    parts: list[str] = []
    busy = 0
    for node in nodes:
        never = never_reason(node, work)
        reason = never or not_now_reason(node, work, refused)
        if reason is None:
            return None
        if reason.code is ReasonCode.BUSY:
            busy += 1
        else:
            parts.append(f"{node.id} {reason}")
    if busy:
        return Reason(ReasonCode.TURN, f"waits for one of {busy} busy nodes" if busy > 1 else "waits for the busy node")
    if not parts:
        return Reason(ReasonCode.NO_NODES, "no node is configured")
    return Reason(ReasonCode.NO_NODE_NOW, f"needs {work.spec.model_family}: " + "; ".join(parts))
