"""``vibes backup list DIR``: the backups of a folder."""

from pathlib import Path

from rich.table import Table

from vibes.commands.backup.contents import Backups
from vibes.commands.common.console import escape_markup, fail, out
from vibes.domain.errors import HubError


def run_list(folder: Path) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("backup", "pictures", "uploads", "MB", "database", "missing"):
        table.add_column(heading, no_wrap=True)
    try:
        for snapshot in Backups(folder).all():
            about = snapshot.about()
            table.add_row(
                *map(
                    escape_markup,
                    (
                        about.name,
                        str(about.images),
                        str(about.uploads),
                        f"{about.bytes / 1e6:.1f}",
                        about.database,
                        str(len(about.lost) or ""),
                    ),
                )
            )
    except HubError as error:
        fail(error.message)
    out.print(table)
