"""The hub is killed at each step of renting, and by chance: what it had rented does not outlive its next start."""

import random
from math import inf

import pytest

from tests.fakes.vast import FakeInstance, Life
from tests.fakes.vast.faults import AtCreate
from tests.simulation.rentals.life import MINUTE, PREFIX, Town, config
from vibes.generators.vastai.costs import HOUR, Caps
from vibes.generators.vastai.decisions import Need
from vibes.generators.vastai.rental import Phase

SEEDS, SEEDS_A_TEST = 200, 25
LIVES = 3 * MINUTE
DAILY = 0.3
TICK = 10.0
"""Seconds between two lists while something is rented."""
FATES = ("exited", "unknown", "offline", "stopped")
UNCLEAR = (AtCreate.CUT_AFTER, AtCreate.CUT_BEFORE, AtCreate.RENTED_LATE, AtCreate.PAGE)


def short_work(seconds: float) -> Need:
    return Need(waiting=1 if seconds < MINUTE else 0)


def one_at_a_time(town: Town) -> None:
    """Nothing is ever rented beside something that is rented still."""

    def started(instance: FakeInstance) -> None:
        if instance.label.startswith(PREFIX):
            assert town.ours == [instance.label], "a second one was ordered beside the first"

    town.cloud.starts = started


def a_rental() -> tuple[Town, list[str]]:
    """From the first look to the proof that nothing is left, nobody being killed."""
    town = town_with_short_work()
    return town, town.live(LIVES)


def town_with_short_work() -> Town:
    town = Town(7, config=config(idle_minutes=0.5), needed=short_work)
    town.cloud.life = lambda: Life(running=15, comfyui=30)
    return town


def test_undisturbed_it_rents_one_card_while_there_is_work_and_gives_it_back() -> None:
    town, steps = a_rental()
    [rental] = town.rentals()
    assert (rental.phase, rental.why) == (Phase.ENDED, "there is no work for it")
    assert rental.ready_at is not None
    assert len(town.cloud.creates) == 1
    assert not town.ours
    assert not town.cloud.too_soon, "the provider's gaps are kept"
    assert steps.index("intended is written") < steps.index("PUT /api/v0/asks/1000/ is about to be asked")


def test_whatever_step_it_dies_at_nothing_rented_survives_a_minute_of_its_next_start() -> None:
    steps = a_rental()[1]
    assert {each.split(" ")[0] for each in steps} >= {"GET", "POST", "PUT", "DELETE", "intended", "rented", "ending"}
    for died_at in range(len(steps)):
        dies_at_step(died_at, steps)


def dies_at_step(died_at: int, steps: list[str]) -> None:
    town = town_with_short_work()
    one_at_a_time(town)
    taken = town.live(LIVES, dies_at=died_at)
    assert taken == steps[: died_at + 1]
    town.live(MINUTE, works=False)
    assert town.ours == [], f"it died when {steps[died_at]}"
    assert all(not each.open or each.phase is Phase.ENDING for each in town.rentals())


@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_A_TEST))
def test_killed_and_started_by_chance_it_keeps_nothing_and_stays_below_the_cap(first: int) -> None:
    for seed in range(first, first + SEEDS_A_TEST):
        live_by_chance(seed)


def live_by_chance(seed: int) -> None:
    chance = random.Random(f"lives {seed}")  # noqa: S311 - a seed repeats its story
    town = Town(seed, caps=Caps(daily_usd=DAILY), config=config(idle_minutes=2, boot_minutes=5))
    town.cloud.life = lambda: life_by(chance)
    one_at_a_time(town)
    others = town.cloud.foreign("somebody's", 58 if seed % 10 == 0 else 1)
    others += town.cloud.foreign(f"{PREFIX.replace('0', 'f')}x", 2)
    for _ in range(chance.randint(1, 3)):
        mishap(town, chance)
        town.live(chance.uniform(1, 4 * MINUTE), turns=chance.choice((None, chance.randint(20, 1000))))
        town.agenda.pass_time(chance.choice((0.0, chance.uniform(0, 40))))
    town.cloud.faults.lists_failing = min(town.cloud.faults.lists_failing, 1)
    before = set(town.ours)
    town.live(MINUTE)
    assert not before & set(town.ours), f"what an earlier hub had rented is gone (seed {seed})"
    town.live(MINUTE, ends=True)
    assert town.ours == []
    assert all(each.alive(town.cloud.now) for each in others)
    spent = sum(each.spent(town.cloud.now) for each in town.cloud.instances.values() if each not in others)
    assert spent <= DAILY + town.config.max_price * TICK / HOUR
    assert spent <= sum(each.spent_usd for each in town.rentals()) + town.config.max_price * TICK / HOUR


def life_by(chance: random.Random) -> Life:
    begun = chance.uniform(10, 120)
    fated = chance.random() < 0.3
    return Life(
        created=chance.uniform(0, 5),
        running=chance.choice((begun, begun, inf)),
        comfyui=begun + chance.uniform(0, 120),
        fate=chance.choice(FATES),
        fate_at=chance.uniform(0, 400) if fated else inf,
        lingers=chance.choice((0.0, 0.0, 12.0)),
    )


def mishap(town: Town, chance: random.Random) -> None:
    faults = town.cloud.faults
    if chance.random() < 0.5:
        faults.at_create.append(chance.choice(tuple(AtCreate)))
    faults.deletes_failing = chance.choice((0, 0, 2))
    faults.lists_failing = chance.choice((0, 0, 1, 3))


@pytest.mark.parametrize("at", UNCLEAR)
def test_after_an_order_without_an_answer_none_goes_out_before_two_lists_or_the_end_of_what_it_rented(
    at: AtCreate,
) -> None:
    town = Town(3)
    one_at_a_time(town)
    town.cloud.faults.at_create.append(at)
    orders: list[float] = []
    lists: list[float] = []
    answer = town.cloud._answer

    def listening(method: str, path: str, query: object, body: object) -> object:
        if "/asks/" in path:
            orders.append(town.agenda.now)
        if "v1/instances" in path:
            lists.append(town.agenda.now)
        return answer(method, path, query, body)  # type: ignore[arg-type]  # handed on as it came

    town.cloud._answer = listening  # type: ignore[assignment, method-assign]  # it hears, and changes nothing
    town.live(5 * MINUTE)
    if at is AtCreate.CUT_BEFORE:
        between = [each for each in lists if orders[0] < each < orders[1]]
        assert between[-1] - between[0] >= 15, "two lists without it, some time apart"
        assert len(orders) == 2
    else:
        assert len(orders) == 1, "it was found in the list"
    assert len(town.ours) == 1


def test_a_hub_that_never_comes_back_leaves_nothing_behind_by_the_instances_own_switch() -> None:
    town = Town(5)
    town.live(5 * MINUTE)
    assert town.ours
    town.agenda.pass_time(10 * MINUTE + 30)
    assert town.ours == []


def test_an_account_that_runs_dry_leaves_no_stopped_machine_behind_that_goes_on_costing() -> None:
    town = Town(5, config=config(credit_floor_usd=0))
    town.cloud.charged = 0.02
    town.live(8 * MINUTE)
    assert town.cloud.credit <= 0
    assert town.ours == []
    [ended] = [each for each in town.rentals() if not each.refused]
    assert ended.why == "its machine is stopped"
    assert len(town.cloud.creates) == 1, "nothing is ordered that nobody can pay"


def test_a_host_that_raises_its_price_above_what_may_be_paid_is_left() -> None:
    town = Town(5)
    town.agenda.later(3 * MINUTE, lambda: setattr(town.cloud.instances[501], "raised", 1.0))
    town.live(5 * MINUTE)
    dear = next(each for each in town.rentals() if each.contract == 501)
    assert dear.why == "its price has risen to $1.262 an hour"
    assert not town.cloud.instances[501].alive(town.cloud.now)
    assert dear.spent_usd >= town.cloud.instances[501].spent(town.cloud.now), "the new price is counted"


def test_a_disk_that_is_full_keeps_no_machine_from_being_destroyed_and_none_is_ordered_then() -> None:
    town = Town(5, config=config(idle_minutes=1))
    town.needed = lambda seconds: filled_up(town, seconds)
    town.live(6 * MINUTE)
    assert town.ours == []
    assert len(town.cloud.creates) == 1
    town.rows.full = False
    town.live(2 * MINUTE, works=False)
    assert not any(each.open for each in town.rentals())


def filled_up(town: Town, seconds: float) -> Need:
    """The work is done and the disk full three minutes later, and then there is work again."""
    town.rows.full = seconds > 3 * MINUTE
    return Need(waiting=0 if 3 * MINUTE < seconds < 5 * MINUTE else 1)


def test_what_may_be_spent_bounds_the_life_of_what_nobody_is_left_to_end() -> None:
    town = Town(5, caps=Caps(daily_usd=DAILY), config=config(boot_minutes=5, lifetime_minutes=600))
    town.live(4 * MINUTE)
    town.cloud.instances[501].heard_at = inf
    town.agenda.pass_time(10 * HOUR)
    assert town.ours == []
    assert town.cloud.instances[501].spent(town.cloud.now) <= DAILY


def test_what_bears_the_hubs_name_and_no_row_knows_is_destroyed_on_whichever_page_it_stands() -> None:
    """As after a database that was put back to an earlier day."""
    town = Town(9, needed=lambda _: Need())
    others = town.cloud.foreign("somebody's", 58)
    town.cloud.foreign(f"{PREFIX}forgotten", 2)
    town.live(MINUTE)
    assert town.ours == []
    assert all(each.alive(town.cloud.now) for each in others)
    assert len(town.cloud.alive()) == 58
