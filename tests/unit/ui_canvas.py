"""Workflows in UI format, written as ComfyUI's editor does, for tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Given = tuple[str, int]
"""An output: graph node and slot; graph node ``-10`` are the inputs of the subgraph."""
SUBGRAPH_INPUTS = "-10"


@dataclass
class Canvas:
    """A canvas, or the inside of a subgraph."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    links: list[list[Any]] = field(default_factory=list)
    kinds: dict[Given, str] = field(default_factory=dict)

    def add(
        self,
        class_type: str,
        values: object = (),
        *,
        ins: Mapping[str, Given | str | None] | None = None,
        outs: str = "",
        fields: Mapping[str, Given | str | None] | None = None,
        **more: Any,
    ) -> str:
        """``ins``: each input with what it is linked to, or its type alone; ``fields``: the same, for fields."""
        node_id = str(more.pop("id", len(self.nodes) + 1))
        for slot, kind in enumerate(outs.split()):
            self.kinds[node_id, slot] = kind
        slots: list[dict[str, Any]] = []
        for name, given in (ins or {}).items():
            slots.append(self._slot(node_id, len(slots), name, given))
        for name, given in (fields or {}).items():
            slots.append({**self._slot(node_id, len(slots), name, given), "widget": {"name": name}})
        self.nodes.append(
            {
                "id": int(node_id) if node_id.isdigit() else node_id,
                "type": class_type,
                "order": len(self.nodes),
                "mode": 0,
                "inputs": slots,
                "outputs": [{"name": kind, "type": kind} for kind in outs.split()],
                "widgets_values": values if isinstance(values, dict) else list(values),  # type: ignore[call-overload]  # either
                **more,
            }
        )
        return node_id

    def _slot(self, node_id: str, slot: int, name: str, given: Given | str | None) -> dict[str, Any]:
        if given is None or isinstance(given, str):
            return {"name": name, "type": given or "*", "link": None}
        kind = self.kinds.get(given, "*")
        self.links.append([len(self.links) + 1, int(given[0]), given[1], int(node_id), slot, kind])
        return {"name": name, "type": kind, "link": len(self.links)}

    def end(self, given: Given, slot: int) -> None:
        """Link an output to an output of the subgraph."""
        self.links.append([len(self.links) + 1, int(given[0]), given[1], -20, slot, self.kinds.get(given, "*")])

    def document(self, *subgraphs: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "nodes": self.nodes,
            "links": self.links,
            "version": 0.4,
            "extra": {"frontendVersion": "1.27.10"},
            **({"definitions": {"subgraphs": list(subgraphs)}} if subgraphs else {}),
            **more,
        }

    def subgraph(self, key: str, ins: Mapping[str, str], outs: Mapping[str, str]) -> dict[str, Any]:
        names = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
        return {
            "id": key,
            "name": key,
            "nodes": self.nodes,
            "links": [dict(zip(names, each, strict=True)) for each in self.links],
            "inputs": [{"name": name, "type": kind} for name, kind in ins.items()],
            "outputs": [{"name": name, "type": kind} for name, kind in outs.items()],
        }


def inside(ins: Mapping[str, str]) -> Canvas:
    """The inside of a subgraph with these inputs, each with its type."""
    return Canvas(kinds={(SUBGRAPH_INPUTS, slot): kind for slot, kind in enumerate(ins.values())})


def painted(canvas: Canvas, model: Given, *, sampler: str = "KSampler", **changed: Any) -> str:
    """A picture by this model with its two prompts; the id of the sampler. ``changed``: of the sampler."""
    clip = canvas.add("CLIPLoader", ["t5.safetensors", "sd3"], outs="CLIP")
    cat = canvas.add("CLIPTextEncode", ["a cat"], ins={"clip": (clip, 0)}, outs="CONDITIONING")
    bad = canvas.add("CLIPTextEncode", ["blurry"], ins={"clip": (clip, 0)}, outs="CONDITIONING")
    size = canvas.add("EmptyLatentImage", [512, 768, 1], outs="LATENT")
    ins = {"model": model, "positive": (cat, 0), "negative": (bad, 0), "latent_image": (size, 0)}
    options = {"values": [7, "randomize", 20, 8, "euler", "normal", 1], "ins": ins, "outs": "LATENT", **changed}
    return canvas.add(sampler, **options)
