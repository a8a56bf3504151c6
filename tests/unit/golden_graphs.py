"""The compiled graphs that are pinned, word for word, in tests/fixtures/graphs.

After a wanted change write them anew with ``python -m tests.unit.golden_graphs`` and read the difference.
"""

import json

from tests.unit.workflow_sources import FIXTURES, shipped_library, spec_for
from vibes.domain.pictures.graph import Graph
from vibes.domain.pictures.masked_part import ONLY_MASKED
from vibes.domain.pictures.spec import LoraSpec
from vibes.workflows.filling.compile import compile_graph

FOLDER = FIXTURES / "graphs"

_TEXTS = {"prompt": 'a lighthouse at dusk, "warm" light', "negative_prompt": "blurry"}
_PART = {"region_x": 96, "region_y": 40, "region_width": 300, "region_height": 200}
"""What the hub finds of a mask where only what is masked is drawn."""
_LORAS = (LoraSpec("ink.safetensors", 0.8, 0.6), LoraSpec("styles/mist.safetensors", -0.5, 0.0))


def golden_graphs() -> dict[str, Graph]:
    """Each shipped workflow at its defaults, with LoRAs where it takes them, with each option the other way; by file
    name."""
    graphs: dict[str, Graph] = {}
    for workflow in shipped_library().workflows.values():
        given = {name: text for name, text in _TEXTS.items() if name in workflow.parameters}
        images = {each.name: f"vibes_{each.name}.png" for each in workflow.parameters.values() if each.kind.is_picture}
        for family in sorted(workflow.families):
            name = f"{workflow.name}.{family}"
            graphs[name] = compile_graph(workflow, spec_for(workflow, family, **given), images)
            if workflow.supports_lora:
                spec = spec_for(workflow, family, **given, loras=_LORAS)
                graphs[f"{name}.two_loras"] = compile_graph(workflow, spec, images)
            for option in (each for each in workflow.parameters.values() if each.bypass):
                part = _PART if option.name == ONLY_MASKED else {}
                spec = spec_for(workflow, family, **given, **part, **{option.name: not option.default})
                how = "without" if option.default else "with"
                graphs[f"{name}.{how}_{option.name}"] = compile_graph(workflow, spec, images)
    return graphs


def as_text(graph: Graph) -> str:
    """One graph node a line, so that a difference can be read."""
    lines = (f"  {json.dumps(graph_node_id)}: {json.dumps(graph_node)}" for graph_node_id, graph_node in graph.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def write_golden_graphs() -> None:
    graphs = golden_graphs()
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.json"):
        path.unlink()
    for name, graph in graphs.items():
        (FOLDER / f"{name}.json").write_text(as_text(graph), encoding="utf-8")


if __name__ == "__main__":
    write_golden_graphs()
