"""A workflow that somebody adds is a task type of its own."""

from tests.unit.import_exports import drafted, graph_node, reading_of, sampled, with_inputs
from tests.unit.workflow_sources import shipped_library
from vibes.workflows.library.library import library_of
from vibes.workflows.tasks.schema import job_schema
from vibes.workflows.tasks.task_types import job_task_types

MAX_PICTURES = 100


def test_it_changes_no_type_that_ships() -> None:
    posed = sampled(
        n30=graph_node("LoadImage", image="pose.png"),
        n31=graph_node("LoadImage", image="start.png"),
        n32=graph_node("ControlNetLoader", control_net_name="pose.safetensors"),
        n33=graph_node(
            "ControlNetApplyAdvanced",
            positive=["6", 0],
            negative=["7", 0],
            control_net=["32", 0],
            image=["30", 0],
            strength=1,
        ),
        n34=graph_node("VAEEncode", pixels=["31", 0], vae=["4", 2]),
    )
    graph = with_inputs(posed, "3", positive=["33", 0], negative=["33", 1], latent_image=["34", 0])
    reading = reading_of(graph, drafted(graph))
    assert reading.workflows["mine"].operation == "controlnet"
    added = job_schema(job_task_types(library_of(reading)), MAX_PICTURES)["$defs"]
    shown = job_schema(job_task_types(shipped_library()), MAX_PICTURES)["$defs"]
    assert {name: added[name] for name in shown} == shown
    assert {"image", "image_2"} <= {*added["workflow.mine"]["properties"]}
