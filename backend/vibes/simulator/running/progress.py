"""What a running prompt tells its client about each graph node, cumulatively."""

from collections.abc import Mapping
from typing import Any

from vibes.simulator.state.sockets import Picture, SocketHub

_SHORTEST_PAUSE = 0.1
_SMALLEST_STEP = 0.005


class ProgressReport:
    """The ``progress_state`` of one prompt and the messages that go with its changes."""

    def __init__(self, hub: SocketHub, prompt_id: str, client_id: str | None) -> None:
        self._hub = hub
        self._prompt_id = prompt_id
        self._client_id = client_id
        self._nodes: dict[str, dict[str, Any]] = {}

    def start(self, graph_node_id: str) -> None:
        self._update(graph_node_id, value=0.0, max=1.0, state="running")

    def finish(self, graph_node_id: str) -> None:
        """Report it as complete; a cached output that was never started gets integers instead of floats."""
        highest = self._nodes.get(graph_node_id, {"max": 1})["max"]
        self._update(graph_node_id, value=highest, max=highest, state="finished")

    def advance(
        self, graph_node_id: str, value: int, highest: int, picture: bytes | None, *, png: bool = False
    ) -> None:
        """Report one step: state, step, and the preview at the position that this client's kind of preview has."""
        self._update(graph_node_id, value=value, max=highest, state="running")
        with_metadata = self._hub.wants_metadata(self._client_id)
        sent = None if picture is None else Picture(picture, png, self.metadata(graph_node_id))
        if sent is not None and with_metadata:
            self._hub.send_picture(sent, self._client_id, with_metadata=True)
        step = {"value": value, "max": highest, "prompt_id": self._prompt_id, "node": graph_node_id}
        self._hub.send("progress", step, self._client_id)
        if sent is not None and not with_metadata:
            self._hub.send_picture(sent, self._client_id, with_metadata=False)

    def metadata(self, graph_node_id: str) -> Mapping[str, Any]:
        return {
            "node_id": graph_node_id,
            "prompt_id": self._prompt_id,
            "display_node_id": graph_node_id,
            "parent_node_id": None,
            "real_node_id": graph_node_id,
        }

    def _update(self, graph_node_id: str, **state: Any) -> None:
        self._nodes[graph_node_id] = {**state, **self.metadata(graph_node_id)}
        data = {"prompt_id": self._prompt_id, "nodes": self._nodes}
        self._hub.send("progress_state", data, self._client_id)


class Throttle:
    """Passes the first and the last step, and between them at most one in 100 ms and half a percent."""

    def __init__(self) -> None:
        self._last: tuple[float, int] | None = None

    def lets_through(self, now: float, value: int, highest: int) -> bool:
        if self._last is not None and value < highest:
            moment, shown = self._last
            if now - moment < _SHORTEST_PAUSE or (value - shown) / highest < _SMALLEST_STEP:
                return False
        self._last = (now, value)
        return True
