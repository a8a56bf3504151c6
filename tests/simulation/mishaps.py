"""What goes wrong in a story: with a machine, with the line to it, with the hub's own machine."""

import random
from collections.abc import Callable
from uuid import UUID

from tests.simulation.generator import TROUBLES
from tests.simulation.life import Life
from tests.simulation.machine import Faults
from tests.simulation.node import Line

Mishap = Callable[[Life, random.Random], None]


def _machine(life: Life, chance: random.Random) -> str:
    return chance.choice(list(life.machines))


def dies(life: Life, chance: random.Random) -> None:
    machine = life.machines[_machine(life, chance)]
    machine.kill()
    life.agenda.later(chance.choice([0.0, 0.5, 4.0, 20.0, 60.0]), machine.start)


def freezes(life: Life, chance: random.Random) -> None:
    machine = life.machines[_machine(life, chance)]
    machine.freeze()
    life.agenda.later(chance.choice([1.0, 8.0, 9.0, 11.0, 35.0, 90.0]), machine.thaw)


def crawls(life: Life, chance: random.Random) -> None:
    """It takes many times as long as ever, so that others are asked to try the same."""
    machine = life.machines[_machine(life, chance)]
    usual = machine.swiftness
    machine.swiftness = usual / 20

    def mend() -> None:
        machine.swiftness = usual

    life.agenda.later(chance.choice([10.0, 40.0]), mend)


def wedges(life: Life, chance: random.Random) -> None:
    machine = life.machines[_machine(life, chance)]
    machine.wedged = True
    life.agenda.later(chance.choice([2.0, 20.0, 60.0]), chance.choice([machine.unwedge, machine.kill]))
    life.agenda.later(80.0, machine.start)


def is_cut_off(life: Life, chance: random.Random) -> None:
    name = _machine(life, chance)
    machine, line = life.machines[name], life.lines[name]
    line.cut = True
    closers, machine.closers = machine.closers, []
    for close in closers:
        close()

    def mend() -> None:
        line.cut = False

    life.agenda.later(chance.choice([0.5, 5.0, 40.0]), mend)


def has_a_fault(life: Life, chance: random.Random) -> None:
    faults = life.machines[_machine(life, chance)].faults
    match chance.randrange(6):
        case 0:
            faults.errors += chance.choice([1, 2, 4])
        case 1:
            faults.out_of_memory += chance.choice([1, 2])
        case 2:
            faults.unreadable += 1
        case 3:
            faults.refusals += 1
        case 4:
            faults.unsigned = True
        case 5:
            faults.slow_loads = True


COUNTED = (
    *("posts_lost", "answers_lost", "posts_late", "nonsense", "broken_500"),
    *("views_swapped", "views_gone", "views_cut", "views_endless"),
)


def has_a_bad_line(life: Life, chance: random.Random) -> None:
    line = life.lines[_machine(life, chance)]
    name = chance.choice(COUNTED)
    setattr(line, name, getattr(line, name) + chance.choice([1, 1, 2]))


def has_a_slow_line(life: Life, chance: random.Random) -> None:
    line = life.lines[_machine(life, chance)]
    line.slow = True

    def mend() -> None:
        line.slow = False

    life.agenda.later(chance.choice([5.0, 30.0]), mend)


def loses_events(life: Life, chance: random.Random) -> None:
    line = life.lines[_machine(life, chance)]
    part = chance.choice([0.2, 1.0])
    setattr(line, chance.choice(["events_lost", "events_twice", "events_shuffled"]), part)


def is_used_by_somebody_else(life: Life, chance: random.Random) -> None:
    machine = life.machines[_machine(life, chance)]
    for _ in range(chance.choice([1, 1, 3])):
        machine.somebody_else_posts(str(UUID(int=chance.getrandbits(128), version=4)))


def is_interrupted(life: Life, chance: random.Random) -> None:
    """By somebody at the machine."""
    machine = life.machines[_machine(life, chance)]
    if machine.up:
        machine.interrupt()


def is_tidied_up(life: Life, chance: random.Random) -> None:
    machine = life.machines[_machine(life, chance)]
    machine.inputs.clear()
    if chance.random() < 0.3:
        machine.folder.files.clear()


def disk_is_full(life: Life, chance: random.Random) -> None:
    """The hub's: for pictures, or for the database as well, which may lie elsewhere."""
    life.disk_full, life.database_full = chance.choice([(True, False), (False, True), (True, True)])

    def mend() -> None:
        life.disk_full = life.database_full = False

    life.agenda.later(chance.choice([2.0, 15.0]), mend)


def files_run_out(life: Life, chance: random.Random) -> None:
    """The hub's process may open no more: no picture, no gpus.yaml, and half of the lines to its machines."""
    life.files_run_out = life.files_ran_out = True
    for line in life.lines.values():
        line.no_sockets = True

    def mend() -> None:
        life.files_run_out = False
        for line in life.lines.values():
            line.no_sockets = False

    life.agenda.later(chance.choice([1.0, 8.0, 60.0]), mend)


def clock_is_put_forward(life: Life, chance: random.Random) -> None:
    life.agenda.wall_offset += chance.choice([40.0, 7200.0])


def hub_is_killed(life: Life, chance: random.Random) -> None:
    life.kill_hub(chance.randint(1, 60))


def hub_is_ended(life: Life, chance: random.Random) -> None:
    life.end_hub()


MISHAPS: tuple[Mishap, ...] = (
    *(dies, dies, freezes, freezes, crawls, crawls, wedges, is_cut_off, has_a_fault, has_a_fault, has_a_bad_line),
    *(has_a_bad_line, has_a_bad_line, has_a_slow_line, loses_events, is_used_by_somebody_else, is_interrupted),
    *(
        is_tidied_up,
        disk_is_full,
        files_run_out,
        clock_is_put_forward,
        hub_is_killed,
        hub_is_killed,
        hub_is_killed,
        hub_is_ended,
    ),
)
"""The more often in it, the more often met."""


def generator_fails(life: Life, chance: random.Random) -> None:
    life.house.troubles[chance.choice(list(TROUBLES))] += chance.choice([1, 1, 2, 4])


OF_THE_GENERATOR: tuple[Mishap, ...] = (generator_fails, generator_fails, generator_fails)
"""In the stories that have one."""


def is_played_on(life: Life, chance: random.Random) -> None:
    """A game holds most of its memory, or some."""
    machine = life.machines[_machine(life, chance)]
    machine.game_gigabytes = chance.choice([3.0, 9.0, 11.0])

    def end() -> None:
        machine.game_gigabytes = 0.0

    life.agenda.later(chance.choice([5.0, 30.0, 90.0]), end)


OF_OWNERS: tuple[Mishap, ...] = (is_played_on, is_played_on, is_played_on)
"""In the stories in which machines belong to somebody."""


def heal(life: Life) -> None:
    """All is well from now on, with the machines and with the hub's own."""
    for name, machine in life.machines.items():
        machine.faults = Faults()
        machine.game_gigabytes = 0.0
        life.lines[name].__dict__.update(Line().__dict__)
        machine.thaw()
        machine.start()
        machine.unwedge()
    life.house.troubles.clear()
    life.disk_full = life.database_full = life.files_run_out = False
