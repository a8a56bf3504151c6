"""Why nothing is drawn ahead at the moment."""

from enum import StrEnum


class AheadWait(StrEnum):
    """What the pictures that are still to be drawn ahead wait for."""

    PICTURES = "pictures"
    """Pictures that somebody asked for are waiting: they go first."""
    PAUSED = "paused"
    """A person has paused the queue, or the hub still reads it after a start."""
    NO_NODE = "no_node"
    """No node that could do it for nothing is there."""
    BUSY = "busy"
    """All that could do it are at work."""
    MODEL = "model"
    """Those that are idle have another model loaded, which whoever comes next may want."""
