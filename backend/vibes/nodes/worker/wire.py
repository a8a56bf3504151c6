"""What a worker tells of its ComfyUI as JSON, and back: how an order ended, and what is there."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter

from vibes.domain.nodes.node import ModelFolder
from vibes.domain.nodes.outcome import Errored, Interrupted, MaybePaid, Succeeded, TurnedDown
from vibes.domain.prompting.lora_card import LoraCard
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.text.file_names import PathStyle

Outcome = Succeeded | Errored | TurnedDown | Interrupted | MaybePaid

_KINDS: Mapping[str, TypeAdapter[Any]] = {
    kind.__name__: TypeAdapter(kind) for kind in (Succeeded, Errored, TurnedDown, Interrupted, MaybePaid)
}
_CARDS = "lora_cards"
_CARDS_BY_NAME: TypeAdapter[Any] = TypeAdapter(dict[str, LoraCard | None])


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    name = type(outcome).__name__
    return {"is": name, **_KINDS[name].dump_python(outcome, mode="json")}


def outcome_of(told: Mapping[str, Any]) -> Outcome:
    """ValueError for what no worker of this version says."""
    kind = _KINDS.get(str(told.get("is")))
    if kind is None:
        raise ValueError(f"unknown outcome {told.get('is')!r}")
    outcome: Outcome = kind.validate_python({name: value for name, value in told.items() if name != "is"})
    return outcome


def inventory_json(inventory: ComfyUIInventory) -> dict[str, Any]:
    """Equal inventories are equal texts: everything is sorted."""
    choices: dict[str, dict[str, list[str]]] = {}
    for (class_type, name), values in sorted(inventory.choices.items()):
        choices.setdefault(class_type, {})[name] = sorted(values)
    return {
        "version": inventory.version,
        "device_name": inventory.device_name,
        "simulated": inventory.simulated,
        "vram_total_bytes": inventory.vram_total_bytes,
        "files": {str(folder): sorted(names) for folder, names in sorted(inventory.files.items())},
        "path_style": str(inventory.path_style),
        "samplers": sorted(inventory.samplers),
        "schedulers": sorted(inventory.schedulers),
        "max_upload_bytes": inventory.max_upload_bytes,
        "graph_node_classes": sorted(inventory.graph_node_classes),
        "choices": choices,
        "supports_jobs_api": inventory.supports_jobs_api,
    }


def lora_cards_json(cards: Mapping[str, LoraCard | None]) -> dict[str, Any]:
    """Beside the inventory: what LoRA files tell of themselves, by name; None where one tells nothing."""
    return {_CARDS: _CARDS_BY_NAME.dump_python(dict(sorted(cards.items())), mode="json")}


def lora_cards_of(told: Mapping[str, Any]) -> Mapping[str, LoraCard | None]:
    """Those that were read so far. ValueError for what no worker of this version says."""
    cards: Mapping[str, LoraCard | None] = _CARDS_BY_NAME.validate_python(told.get(_CARDS, {}))
    return cards


def digest_of(inventory: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(inventory, sort_keys=True).encode()).hexdigest()


def inventory_of(told: Mapping[str, Any]) -> ComfyUIInventory:
    """KeyError or ValueError for what no worker of this version says."""
    known = {str(folder) for folder in ModelFolder}
    sets = _SharedSets()
    return ComfyUIInventory(
        version=told["version"],
        device_name=told["device_name"],
        simulated=told["simulated"],
        vram_total_bytes=told["vram_total_bytes"],
        files={ModelFolder(each): sets.of(names) for each, names in told["files"].items() if each in known},
        path_style=PathStyle(told["path_style"]),
        samplers=sets.of(told["samplers"]),
        schedulers=sets.of(told["schedulers"]),
        max_upload_bytes=told["max_upload_bytes"],
        graph_node_classes=frozenset(told["graph_node_classes"]),
        choices={
            (class_type, name): sets.of(values)
            for class_type, inputs in told["choices"].items()
            for name, values in inputs.items()
        },
        supports_jobs_api=told["supports_jobs_api"],
    )


class _SharedSets:
    """Equal lists become one set: hundreds of graph nodes list the same files."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], frozenset[str]] = {}

    def of(self, values: Iterable[str]) -> frozenset[str]:
        key = tuple(values)
        return self._known.setdefault(key, frozenset(key))
