"""Reacts to nodes' events: marks the attempts there, shows progress, causes another plan."""

from vibes.domain.events import NodeChanged
from vibes.domain.ids import NodeId
from vibes.domain.nodes.events import (
    AttemptEnded,
    AttemptEvent,
    AttemptPreview,
    AttemptProgress,
    AttemptStarted,
    GraphNodeStarted,
    NodeConnected,
    NodeDisconnected,
    NodeEvent,
    QueueLength,
)
from vibes.services.events.progress import ProgressTracker
from vibes.services.execution.lost_attempts import LostAttempts
from vibes.services.execution.safe_planning import SafePlanning
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.attempt_state import Origin
from vibes.services.queue.board import Board


class NodeNews:
    """Subscribes to the fleet's supervisor."""

    def __init__(
        self,
        board: Board,
        planning: SafePlanning,
        lost: LostAttempts,
        progress: ProgressTracker,
        announcer: Announcer,
    ) -> None:
        self._board = board
        self._planning = planning
        self._lost = lost
        self._progress = progress
        self._announcer = announcer

    def node_changed(self, event: NodeChanged) -> None:
        """People, the planner, and the tasks of attempts there look again."""
        self._announcer.node_changed(event)
        self._planning.fleet_changed()
        self._board.ask_again(event.node_id)
        self._lost.node_changed(event)
        self._board.changed.set()

    def node_event(self, node_id: NodeId, event: NodeEvent) -> None:
        match event:
            case NodeConnected() | NodeDisconnected() | QueueLength():
                self._board.ask_again(node_id)
            case _:
                active = self._board.active.get(event.attempt_id)
                if active is not None and active.node_id == node_id:  # a node speaks for its own work only
                    active.hear()
                    self._mark(active, event)

    def _mark(self, active: ActiveAttempt, event: AttemptEvent) -> None:
        match event:
            case AttemptProgress() | GraphNodeStarted():
                progress = self._progress.advance(event)
                active.read(self._progress.loading(active.id))
                if progress is not None and not active.cancelled:
                    self._announcer.progressed(active.generation, active.node_id, progress)
            case AttemptStarted():
                active.start()
            case AttemptPreview(media_type=media_type, image=image) if active.origin is not Origin.SECOND:
                self._announcer.previewed(active.generation, media_type, image)
            case AttemptEnded():
                active.end()
