"""Why something is not done, or not yet: a code for whoever decides upon it, and a sentence for people."""

from dataclasses import dataclass
from enum import StrEnum
from typing import final


class ReasonCode(StrEnum):
    """Stable across releases; a later one may add some."""

    # A node never does this work, even if it were idle.
    DISABLED = "disabled"
    """Switched off in ``gpus.yaml``."""
    NO_CAPABILITY = "no_capability"
    """``gpus.yaml`` does not give it the family or the operation."""
    TOO_LARGE = "too_large"
    """More pixels than ``max_resolution`` allows."""
    LACKS = "lacks"
    """A file, graph node or choice is not there; it may be put there, so a new look at the node can help."""

    # A node that could do it does not take it now.
    NOT_ASKED = "not_asked"
    """It has not told yet what it has."""
    STATE = "state"
    """It is in a state in which it takes no work: starting, wedged, offline, draining."""
    FAILED_BEFORE = "failed_before"
    """This very generation failed there already."""
    UNREADABLE_FILE = "unreadable_file"
    """It could not read one of the files lately."""
    CLOGGED = "clogged"
    """Its finished pictures are not stored yet."""
    BUSY = "busy"
    """It works on something else."""

    # Why a node is in its state, or is spared although it answers.
    UNREACHABLE = "unreachable"
    """Nothing gets through to it; the sentence names the node."""
    CHECK_FAILED = "check_failed"
    """It does not answer, or not as it should; the sentence says what was asked."""
    REMOVED = "removed"
    """Taken out of ``gpus.yaml``, or its address changed."""
    WEDGED = "wedged"
    """It answers and its worker does not advance."""
    DRAINED = "drained"
    """A person asked that it gets nothing new."""
    SILENT = "silent"
    """It has owed every answer for long."""
    SLOW = "slow"
    """It answers after more than 5 s."""
    ERRORS = "errors"
    """It had too many errors: left alone for a while, or on trial with one job."""
    DOUBTED = "doubted"
    """It lost its last work and is asked what became of that, and whether it is well."""

    # Why a queued generation waits.
    TURN = "turn"
    """A node that can do it will come to it by itself."""
    NO_NODE_NOW = "no_node_now"
    """No node takes it at present; the sentence says why of each."""
    NO_NODES = "no_nodes"
    """``gpus.yaml`` lists none."""
    QUEUE_PAUSED = "queue_paused"
    QUEUE_UNREAD = "queue_unread"
    """The hub has started and still reads its queue."""
    SET_ASIDE = "set_aside"
    """A fault of the hub: a plan breaks on it."""
    INTERNAL_ERROR = "internal_error"
    """A fault of the hub: why it waits cannot be said."""


@final
@dataclass(frozen=True, slots=True)
class Reason:
    """Decide by ``code``; show ``sentence``. Formatted it is its sentence."""

    code: ReasonCode
    sentence: str

    def __str__(self) -> str:
        return self.sentence
