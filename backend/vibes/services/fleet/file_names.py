"""One name for each model file of the fleet, whatever its nodes call it.

* A file of a POSIX node has the name that the node lists, backslashes included.
* A file of a Windows node has that name with slashes, in the letter case of a POSIX node that has it too.
* A file of a node in doubt has its name with slashes if another node lists that, else the name that the node lists.
"""

from collections.abc import Iterable, Sequence

from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import ModelFolder
from vibes.text.file_names import PathStyle, same_file, with_slashes


class FleetNames:
    """The names of nodes with known inventories; a value, made anew when the fleet may have changed."""

    def __init__(self, inventories: Iterable[NodeInventory]) -> None:
        self._inventories = tuple(inventories)
        self._by_folder: dict[ModelFolder, dict[str, str]] = {}

    def canonical(self, folder: ModelFolder, name: str) -> str | None:
        """The fleet's name for the file that ``name`` means; None when no node has it."""
        if any(each.has_exactly(folder, name) for each in self._inventories):
            return name
        known = self._known(folder)
        if name in known.values():
            return name
        plain = with_slashes(name)
        if plain in known.values():
            return plain
        for each in self._inventories:
            own = same_file(name, _listed(each, folder), each.path_style)
            if own is not None:
                return known.get(own, own)
        return None

    def of(self, inventory: NodeInventory, folder: ModelFolder) -> list[str]:
        """The files of one node, in alphabetical order."""
        known = self._known(folder)
        return sorted({self._name(inventory, own, known) for own in _listed(inventory, folder)})

    def all(self, folder: ModelFolder) -> list[str]:
        """All files, in alphabetical order."""
        return sorted({name for each in self._inventories for name in self.of(each, folder)})

    @staticmethod
    def _name(inventory: NodeInventory, own: str, known: dict[str, str]) -> str:
        return own if inventory.path_style is PathStyle.POSIX else known.get(own, own)

    def _known(self, folder: ModelFolder) -> dict[str, str]:
        """The fleet's name for each name listed by a node that is not POSIX."""
        if folder not in self._by_folder:
            self._by_folder[folder] = _names(self._inventories, folder)
        return self._by_folder[folder]


def _names(inventories: Sequence[NodeInventory], folder: ModelFolder) -> dict[str, str]:
    by_style = {
        style: {own for each in inventories if each.path_style is style for own in _listed(each, folder)}
        for style in PathStyle
    }
    posix = by_style[PathStyle.POSIX]
    by_letters: dict[str, str] = {}
    for name in [*sorted(posix), *sorted(by_style[PathStyle.WINDOWS])]:
        by_letters.setdefault(name.casefold(), name)
    names = {own: own if own in posix else by_letters[own.casefold()] for own in by_style[PathStyle.WINDOWS]}
    settled = posix | set(names.values())
    for own in by_style[PathStyle.DOUBTFUL]:
        names.setdefault(own, plain if (plain := with_slashes(own)) in settled else own)
    return names


def _listed(inventory: NodeInventory, folder: ModelFolder) -> frozenset[str]:
    return inventory.files.get(folder, frozenset())
