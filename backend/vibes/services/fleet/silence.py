"""Notices a node that answers nothing: a stopped process, or a machine whose card hangs, refuses no connection."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf

from vibes.domain.errors import NodeError, NodeUnclear, NodeUnreachable

_NOT_AN_ANSWER = (NodeUnreachable, NodeUnclear)


class Silence:
    """Measures how long questions have waited while nothing at all came from the node."""

    def __init__(self, patience: float, now: Callable[[], float], changed: Callable[[], None]) -> None:
        """``patience``: seconds from which a silence is `long`. ``changed``: called when that may have changed."""
        self._patience = patience
        self._now = now
        self._changed = changed
        self._waiting: dict[object, float] = {}
        self._given_up_since: float | None = None
        """When the first question was asked that was given up without an answer; None after the next sign of life."""
        self._heard_at = -inf

    @property
    def seconds(self) -> float:
        """Seconds for which it has owed an answer; 0 when it owes none."""
        asked = [*self._waiting.values(), *([] if self._given_up_since is None else [self._given_up_since])]
        return max(self._now() - max(min(asked), self._heard_at), 0.0) if asked else 0.0

    @property
    def long(self) -> bool:
        return self.seconds >= self._patience

    def heard(self) -> None:
        """Anything came from the node."""
        was_long = self.long
        self._heard_at = self._now()
        self._given_up_since = None
        if was_long:
            self._changed()

    @contextmanager
    def question(self) -> Iterator[None]:
        """Call around waiting for an answer. A refusal is an answer. A question without one goes on counting; one that
        its caller abandons, only if it waited for ``patience``."""
        asked = object(), self._now()
        late = asyncio.get_running_loop().call_later(self._patience * 1.01, self._changed)
        self._waiting[asked[0]] = asked[1]
        try:
            yield
        except _NOT_AN_ANSWER:
            self._give_up(asked[1])
            raise
        except NodeError:
            self.heard()
            raise
        except BaseException:  # the asker gave up, cancelled or at its own time limit: no answer came, none was refused
            if self._now() - asked[1] >= self._patience:
                self._give_up(asked[1])
            raise
        else:
            self.heard()
        finally:
            late.cancel()
            del self._waiting[asked[0]]

    def _give_up(self, since: float) -> None:
        if since > self._heard_at:
            self._given_up_since = min(since, since if self._given_up_since is None else self._given_up_since)
