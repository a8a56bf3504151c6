"""Whether the hub of this process may still act in the name of all of them."""

from collections.abc import Callable

Mandate = Callable[[], bool]
"""Asked before anything is done that another leader would have to live with. By this process's own clock, and so cheap:
a process that was stopped for a minute finds out before it does anything."""
