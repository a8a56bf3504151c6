"""Single rules of the conversion: what a value behind a field is, and what stands in for a bypassed graph node."""

import pytest

from vibes.workflows.meaning.schema import read_schema
from vibes.workflows.uiformat.document import BYPASSED, Slot, UiNode
from vibes.workflows.uiformat.field_values import field_values
from vibes.workflows.uiformat.routes import bypass_slot


@pytest.mark.parametrize(
    ("behind", "values"),
    [
        ({"mode": [["random", "fixed"], {}]}, {"count": 20, "mode": "fixed"}),  # it is the next field's own
        ({"mode": [["a", "b"], {}]}, {"count": 20, "mode": "b"}),
    ],
)
def test_what_the_editor_does_after_a_run_is_told_from_a_value_of_the_next_list(
    behind: dict[str, object], values: dict[str, object]
) -> None:
    known = read_schema({"X": {"input": {"required": {"count": ["INT", {}], **behind}}}}).get("X")
    saved = [20, "fixed"] if values["mode"] == "fixed" else [20, "fixed", "b"]
    assert field_values(UiNode("1", "X", values=saved), known).values == values


def test_of_inputs_that_fit_a_bypassed_output_the_one_of_its_own_type_stands_in_for_it() -> None:
    node = UiNode(
        "1",
        "X",
        mode=BYPASSED,
        inputs=(Slot("any"), Slot("picture", "IMAGE")),
        outputs=(Slot("a", "MASK"), Slot("b", "MASK"), Slot("c", "IMAGE")),
    )
    assert bypass_slot(node, 2, "IMAGE") == 1
    assert bypass_slot(node, 0, "MASK") == 0, "the input of the same number where its type fits"
