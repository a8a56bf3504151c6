"""What becomes of an attempt's money, by how it ended. What cannot be told counts as if it was charged."""

from vibes.domain.money import MicroUsd, reported_usd
from vibes.domain.nodes.outcome import MaybePaid
from vibes.domain.spending import RELEASED, SPENT, UNCLEAR, Settled, SpendingState
from vibes.services.execution.outcomes import JobFailed, Lost, NotBegun, Outcome, TakenBack
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.attempt_state import Origin


def may_have_arrived(active: ActiveAttempt) -> bool:
    """Whether its node may have got the order."""
    known = active.evidence
    sent = known.seen or known.in_flight or known.doubtful_posts > 0 or active.origin is Origin.ADOPTED
    return active.sent is not None and sent


def of_picture(active: ActiveAttempt, cost_usd: float | None, seconds: float) -> Settled:
    """It was made. ``cost_usd``: what the node says that it cost; ``seconds``: how long it occupied the node."""
    reported = reported_usd(cost_usd)
    if reported is not None:
        return Settled(SpendingState.SPENT, reported)
    return _share(active, seconds)


def of_end(active: ActiveAttempt, outcome: Outcome, seconds: float) -> Settled:
    """It ended in another way."""
    if isinstance(outcome, NotBegun | TakenBack) or not may_have_arrived(active):
        return RELEASED
    if isinstance(outcome, Lost) and outcome.free:
        return RELEASED
    if isinstance(outcome, JobFailed) and outcome.cost_usd is not None:
        reported = reported_usd(outcome.cost_usd)
        return RELEASED if reported == 0 else Settled(SpendingState.SPENT, reported)
    if isinstance(outcome, MaybePaid) or active.charges:
        return UNCLEAR
    return _share(active, seconds)


def _share(active: ActiveAttempt, seconds: float) -> Settled:
    """By the price, for so long; at most what was set aside."""
    commitment = active.assignment.commitment
    if commitment is None or commitment.cost is None:
        return SPENT
    return Settled(SpendingState.SPENT, MicroUsd(min(commitment.cost.of(seconds), commitment.amount)))
