"""What is asked of a kind of nodes whose machines can be found at addresses."""

from collections.abc import Awaitable, Callable, Sequence

from vibes.domain.nodes.machines import Place, Sweep

LookFor = Callable[[Sequence[Place], float], Awaitable[Sweep]]
"""Ask at each place, many at a time and within so many seconds in all, whether a machine of the kind is there. Nothing
is changed there, and nothing but the question is sent."""
