"""Schema: what graph-node classes take and give, read out of ``/object_info`` of any version."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.workflow_sources import object_info
from vibes.workflows.meaning.core_classes import core_schema
from vibes.workflows.meaning.schema import Input, Output, Schema, read_schema


def sampler() -> Any:
    found = core_schema().get("KSampler")
    assert found is not None
    return found


def test_inputs_stand_in_the_order_of_the_editor() -> None:
    assert [each.name for each in sampler().inputs] == [
        *("model", "seed", "steps", "cfg", "sampler_name", "scheduler", "positive", "negative", "latent_image"),
        "denoise",
    ]


def test_widgets_are_told_from_links() -> None:
    widgets = [each.name for each in sampler().inputs if each.is_widget]
    assert widgets == ["seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"]
    assert Input("text", "STRING", True, {"forceInput": True}).is_widget is False


def test_a_seed_has_a_second_field_also_where_an_old_node_does_not_say_so() -> None:
    assert sampler().input_named("seed").control_after_generate
    assert Input("noise_seed", "INT").control_after_generate
    assert not Input("seed", "INT", True, {"control_after_generate": False}).control_after_generate
    assert not sampler().input_named("steps").control_after_generate


def test_both_forms_of_a_list_are_one() -> None:
    old = read_schema({"A": {"input": {"required": {"x": [["a", "b"], {"default": "b"}]}}}}).get("A")
    new = read_schema({"A": {"input": {"required": {"x": ["COMBO", {"options": ["a", "b"], "default": "b"}]}}}}).get(
        "A"
    )
    assert old is not None
    assert new is not None
    for found in (old.input_named("x"), new.input_named("x")):
        assert found is not None
        assert (found.type, found.options, found.default) == ("COMBO", ("a", "b"), "b")


def test_outputs_have_names_and_types() -> None:
    found = core_schema().get("ControlNetApplyAdvanced")
    assert found is not None
    assert found.outputs == (Output("positive", "CONDITIONING"), Output("negative", "CONDITIONING"))
    assert found.output(2) is None


def test_the_shipped_classes_are_those_of_the_recorded_nodes() -> None:
    for version in ("v0.3.64", "v0.33.0"):
        for name, recorded in read_schema(object_info(version)).classes.items():
            shipped = core_schema().get(name)
            assert shipped is not None, name
            names = [each.name for each in shipped.inputs]
            assert [each.name for each in recorded.inputs if each.name in names] == [
                name for name in names if recorded.input_named(name)
            ]


def test_what_a_node_tells_is_right_where_both_know_a_class() -> None:
    own = read_schema({"KSampler": {"input": {}, "output": ["LATENT"]}})
    both = own.over(core_schema())
    assert both.get("KSampler") == own.get("KSampler")
    assert both.get("VAEDecode") == core_schema().get("VAEDecode")
    assert Schema().over(core_schema()) is core_schema()


def test_only_the_classes_that_are_wanted_are_read() -> None:
    assert set(read_schema({"A": {}, "B": {}}, ["B", "C"]).classes) == {"B"}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["input", "required", "optional", "input_order", "output", "output_name", "output_node", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=3), anything, max_size=3))
def test_whatever_a_node_says_is_read_without_a_crash(told: dict[str, Any]) -> None:
    for each in read_schema(told).classes.values():
        assert all(each.input_named(found.name) is found for found in each.inputs)
