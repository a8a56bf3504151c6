"""Whatever a server of either dialect sends ends in a plan that does what was said clearly, or in the rules' plan."""

from tests.refinement.wire import SCRIPTS, tell

SEEDS = 40
"""Of the two thousand of ``python -m tests.refinement.wire``."""


async def test_every_answer_over_the_wire_ends_in_a_plan() -> None:
    tally = await tell(0, SEEDS)
    assert tally.wrong == []
    assert min(tally.by_models, tally.by_rules) > 0, "both happen"
    assert tally.scripts == {*SCRIPTS}, "the seeds tell all of them"
