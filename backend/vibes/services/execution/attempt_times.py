"""Times and limits of attempts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptTimes:
    """Seconds."""

    reconcile_interval: float = 5.0
    """How often the node is asked even though its event stream is silent."""
    absent_pause: float = 1.0
    """Between two looks for a prompt that the node does not know."""
    take_back_limit: float = 5.0
    """How long a node may take to confirm that a waiting prompt was taken back; after that it is started elsewhere
    anyway."""
    silent_limit: float = 120.0
    """After so long without a sign of life a running prompt shows that the node is wedged; while the node reads the
    model, multiplied by the seconds that is expected to take, since disks may be very slow."""
    adoption_grace: float = 60.0
    """How long an attempt from before a restart waits for its node to answer."""
