"""How long attempts wait for what."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptTimes:
    """Seconds."""

    reconcile_interval: float = 5.0
    """How often the node is asked although its event stream is silent."""
    absent_pause: float = 1.0
    """Between two looks for a prompt that the node does not know."""
    give_back_limit: float = 5.0
    """How long a node may take to give back what waits there, until it is started elsewhere all the same."""
    silent_limit: float = 120.0
    """How long at least a prompt may run without a sign of life until the node is taken for wedged; while it reads its
    model, so many times longer as that takes seconds, for nobody knows how slow a disk is."""
    adoption_grace: float = 60.0
    """How long an attempt from before a restart waits for its node to answer."""
