"""What docs/workflows.md tells people to do really works, and its table is the library's."""

import io
import re

from PIL import Image

from tests.contract.simulator_client import simulated
from tests.unit.workflow_sources import ROOT, shipped_library, shipped_sources, spec_for
from vibes.api.schemas.generate import GenerateBody
from vibes.workflows.filling.compile import compile_graph
from vibes.workflows.library.library import build_library

TEXT = (ROOT / "docs" / "workflows.md").read_text(encoding="utf-8")


def files_of_the_example() -> dict[str, str]:
    """The blocks that name a file behind their language."""
    return dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL))


async def test_the_worked_example_is_read_compiled_and_run_as_it_stands() -> None:
    files = files_of_the_example()
    assert sorted(files) == ["manifests/mine.yaml", "workflows/ink_sketch.json"]
    library = build_library({"manifests/base.yaml": shipped_sources()["manifests/base.yaml"], **files})
    assert library.problems == ()

    [body] = re.findall(r"-d '(\{.*?\})'", TEXT, flags=re.DOTALL)
    request = GenerateBody.model_validate_json(body).to_request(1, None)
    workflow = library.get(request.workflow or "")
    graph = compile_graph(workflow, spec_for(workflow, "sd15", loras=request.loras, **request.values))
    assert graph["6"]["inputs"]["text"] == request.values["prompt"]
    assert graph["7"]["inputs"]["text"] == "colour, photo"
    assert graph["3"]["inputs"]["steps"] == 30
    async with simulated(profile="rtx-3060", previews=False) as client:
        image = Image.open(io.BytesIO(await client.picture(dict(graph))))
    assert image.size == (512, 512)


def test_the_example_is_added_to_the_workflows_that_ship_without_a_clash() -> None:
    library = build_library({**shipped_sources(), **files_of_the_example()})
    assert library.problems == ()
    assert len(library.workflows) == len(shipped_library().workflows) + 1


def test_the_table_names_every_workflow_that_ships_with_its_families_and_operation() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\w ,-]+) \| (\w+) \|", TEXT, flags=re.MULTILINE)
    told = {name: (frozenset(families.split(", ")), operation) for name, families, operation in rows}
    assert told == {
        workflow.name: (workflow.families, workflow.operation.value)
        for workflow in shipped_library().workflows.values()
    }


def test_the_changelog_counts_the_workflows_that_ship() -> None:
    [told] = re.findall(r"\*\*Workflows\*\*: (\d+) of them", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert int(told) == len(shipped_library().workflows)
