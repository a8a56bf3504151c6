"""Every group of commands, in the order in which ``vibes --help`` shows them.

A group's ``cli.py`` declares its commands, options and environment variables. What a command does is imported when
it is called: the hub's libraries take seconds to load, and ``vibes nodes`` needs none of them.
"""

from vibes.commands.backup.cli import commands as backup
from vibes.commands.boards.cli import commands as boards
from vibes.commands.concept.cli import commands as concept
from vibes.commands.costs.cli import commands as costs
from vibes.commands.db.cli import commands as db
from vibes.commands.development.cli import commands as development
from vibes.commands.fleet.cli import commands as fleet
from vibes.commands.hub.cli import commands as hub
from vibes.commands.jobs.cli import commands as jobs
from vibes.commands.llm.cli import commands as llm
from vibes.commands.media.cli import commands as media
from vibes.commands.pictures.cli import commands as pictures
from vibes.commands.queue.cli import commands as queue
from vibes.commands.refinement.cli import commands as refinement
from vibes.commands.rentals.cli import commands as rentals
from vibes.commands.replicas.cli import commands as replicas
from vibes.commands.retention.cli import commands as retention
from vibes.commands.setup.cli import commands as setup
from vibes.commands.simulator.cli import commands as simulator
from vibes.commands.styles.cli import commands as styles
from vibes.commands.workers.cli import commands as workers
from vibes.commands.workflows.cli import commands as workflows

GROUPS = (
    *(hub, simulator, pictures, boards, styles, concept, refinement, jobs, fleet, setup, development),
    *(workflows, queue, rentals, costs, llm, media, db, backup, retention, workers, replicas),
)
