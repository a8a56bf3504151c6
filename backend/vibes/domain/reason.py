"""Why something is not done, or not yet: a code for programs and a sentence for people."""

from dataclasses import dataclass
from enum import StrEnum
from typing import final


class ReasonCode(StrEnum):
    """Stable across releases; a later one may add some."""

    # Why a node never does this work, even if it were idle.
    DISABLED = "disabled"
    """Switched off in ``gpus.yaml``."""
    NO_CAPABILITY = "no_capability"
    """``gpus.yaml`` does not give it the family or the operation."""
    TOO_LARGE = "too_large"
    """More pixels than ``max_resolution`` allows."""
    LACKS = "lacks"
    """A file, graph node or choice is not there; it may be put there, so a new look at the node can help."""

    NOT_USED = "not_used"
    """``use: never`` in ``gpus.yaml``."""
    COSTS = "costs"
    """It costs money, more than the batch may spend in all."""

    # Why an able node does not take it now.
    BUDGET = "budget"
    """It costs money, more than is left of the batch's limit or of the node's budget."""
    OVERFLOW = "overflow"
    """It is kept for work that the other nodes would finish too late."""
    NOT_ASKED = "not_asked"
    """The node has not reported yet what it has."""
    STATE = "state"
    """The node's state admits no work: starting, wedged, offline, draining."""
    FAILED_BEFORE = "failed_before"
    """This generation failed there already."""
    UNREADABLE_FILE = "unreadable_file"
    """The node recently failed to read one of the files."""
    CLOGGED = "clogged"
    """The node's finished pictures are not stored yet."""
    BUSY = "busy"
    """The node is working on something else."""

    # Why a node is in its state, or gets no work although it answers.
    UNREACHABLE = "unreachable"
    """The node cannot be reached; the sentence names it."""
    CHECK_FAILED = "check_failed"
    """The node did not answer a check, or not properly; the sentence says what was asked."""
    REMOVED = "removed"
    """Removed from ``gpus.yaml``, or its address changed."""
    WEDGED = "wedged"
    """The node answers but its worker makes no progress."""
    DRAINED = "drained"
    """A person drained it."""
    SILENT = "silent"
    """The node has not answered anything for long."""
    SLOW = "slow"
    """The node answers after more than 5 s."""
    ERRORS = "errors"
    """The node had too many errors: it gets no work for a while, or one job on trial."""
    OUT_OF_CREDIT = "out_of_credit"
    """The account that its pictures are paid from is empty, or at its limit."""
    RATE_LIMITED = "rate_limited"
    """It was asked for too much at once, and takes more after a while."""
    MISCONFIGURED = "misconfigured"
    """A key, a permission, a model or a setting is wrong: a person must mend it."""
    NOT_RENTED = "not_rented"
    """Nothing is rented for it; the sentence says whether anything will be."""
    RENTING = "renting"
    """A machine is being rented for it, or given back; the sentence says how far that is."""
    STARTING = "starting"
    """The hub is starting its ComfyUI; the sentence says how far that is."""
    CRASHED = "crashed"
    """Its ComfyUI, which the hub starts, ended or did not answer; the sentence says what happens now."""
    MEMORY_TAKEN = "memory_taken"
    """Another program, such as a game, holds so much of the card's memory that too little is left."""
    OWNER_HOURS = "owner_hours"
    """The machine belongs to its owner at present, or will before the work would be done."""
    LENT = "lent"
    """Its card is lent to a language model, or is about to be once the running picture is done."""
    DOUBTED = "doubted"
    """The node lost its last work and is asked about it, and whether it is well."""

    # Why a queued generation waits.
    TURN = "turn"
    """An able node will come to it."""
    NO_NODE_NOW = "no_node_now"
    """No node takes it at present; the sentence has each one's reason."""
    NO_NODES = "no_nodes"
    """``gpus.yaml`` lists no nodes."""
    QUEUE_PAUSED = "queue_paused"
    QUEUE_UNREAD = "queue_unread"
    """The hub has started and is still reading its queue."""
    SET_ASIDE = "set_aside"
    """A fault of the hub: planning fails on it."""
    INTERNAL_ERROR = "internal_error"
    """A fault of the hub: the reason cannot be told."""


@final
@dataclass(frozen=True, slots=True)
class Reason:
    """Decide by ``code``; show ``sentence``, which is also its text."""

    code: ReasonCode
    sentence: str

    def __str__(self) -> str:
        return self.sentence
