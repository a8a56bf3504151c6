"""How an attempt can end without a picture; whoever drives it settles what that means for the generation."""

from vibes.services.fleet.circuit_breaker import Repeat


class Lost(Exception):
    """The node died, forgot the prompt or cannot be reached; the generation is innocent and goes back.

    ``may_return``: the node may still finish it, and its result is welcome while the generation is open.
    ``node_died``: the node went away with everything on it.
    ``noted``: the node's watch knows already what happened, so that one death is one error however much was there.
    ``repeat``: what failed, to be tried again without a job; see `NodeWatch.note_failure`.
    """

    def __init__(
        self,
        message: str,
        *,
        may_return: bool = False,
        node_died: bool = False,
        noted: bool = False,
        repeat: Repeat | None = None,
    ) -> None:
        super().__init__(message)
        self.may_return = may_return
        self.node_died = node_died
        self.noted = noted
        self.repeat = repeat


class JobFailed(Exception):
    """The node ran or refused the graph and says why; another node may do better.

    ``misbehaved``: what it sends is beyond reason, so that the node itself is in doubt.
    """

    def __init__(self, message: str, *, misbehaved: bool = False) -> None:
        super().__init__(message)
        self.misbehaved = misbehaved


class Cancelled(Exception):
    """Somebody cancelled the generation, or another attempt of it was first."""


class Withdrawn(Exception):
    """It waited on the node, was taken back and will never run there."""
