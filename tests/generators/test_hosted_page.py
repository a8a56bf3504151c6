"""What docs/generators.md says of providers: its nodes are understood, and what it lists is what there is."""

import re
from typing import Any, get_args

import pytest
import yaml

from tests.generators.capability_table import PAGE
from vibes.generators.factory import settings_of
from vibes.generators.fal.config import PARAMETERS
from vibes.generators.openai.config import OpenAIConfig
from vibes.generators.openai.profiles import PROFILES

TEXT = PAGE.read_text(encoding="utf-8")
NODES: list[dict[str, Any]] = [
    node
    for block in re.findall(r"^```yaml\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)
    for node in yaml.safe_load(block)["nodes"]
    if node["kind"].startswith(("fal", "openai"))
]


@pytest.mark.parametrize("node", NODES, ids=[each["id"] for each in NODES])
def test_its_nodes_are_understood(node: dict[str, Any]) -> None:
    settings = settings_of({"strategy": node["kind"], "api_key": "a-key", **node["options"]})
    assert settings.strategy == node["kind"]


def test_it_has_a_node_of_each() -> None:
    assert {each["kind"] for each in NODES} == {"fal-lightning", "fal-comfy", "openai"}


def test_it_names_every_profile_and_every_parameter() -> None:
    assert set(re.findall(r"^\| `([\w-]+)` \| [a-z]", TEXT, flags=re.MULTILINE)) >= set(PROFILES)
    assert set(get_args(OpenAIConfig.model_fields["profile"].annotation)) == set(PROFILES)
    assert [each for each in PARAMETERS if f"`{each}`" not in TEXT] == []
