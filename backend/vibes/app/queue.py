"""The room of waiting and running work: the board, forecasts, and announcements."""

from dataclasses import dataclass

from vibes.app.ground import Ground
from vibes.scheduling.estimator import Estimator
from vibes.services.events.progress import ProgressTracker
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.board import Board
from vibes.services.queue.broken_plans import BrokenPlans
from vibes.services.queue.forecast import Forecast
from vibes.services.queue.rental_demand import RentalDemand
from vibes.services.queue.spending import Spending
from vibes.services.queue.views import QueueViews


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRoom:
    estimator: Estimator
    spending: Spending
    board: Board
    progress: ProgressTracker
    broken: BrokenPlans
    forecast: Forecast
    announcer: Announcer
    views: QueueViews


def queue_room(ground: Ground) -> QueueRoom:
    base, estimator = ground.base, Estimator()
    spending = Spending(base.storage.spendings, base.clock)
    board = Board(ground.fleet.supervisor, estimator, base.clock, spending, base.settings.tier_overflow_threshold)
    ground.fleet.rentals.work_from(RentalDemand(board, ground.fleet.supervisor, base.clock))
    progress = ProgressTracker()
    broken = BrokenPlans(base.settings.data / "broken-plans", base.clock)
    forecast = Forecast(board, estimator, base.clock, progress, broken)
    return QueueRoom(
        estimator=estimator,
        spending=spending,
        board=board,
        progress=progress,
        broken=broken,
        forecast=forecast,
        announcer=Announcer(base.live, forecast),
        views=QueueViews(board, forecast, estimator),
    )
