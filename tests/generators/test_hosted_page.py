"""What docs/generators.md says of providers: its nodes are understood, and what it lists is what there is."""

import re
from pathlib import Path
from typing import get_args

import pytest

from tests.generators.capability_table import PAGE
from tests.unit.workflow_sources import shipped_library
from vibes.generators.fal.config import PARAMETERS
from vibes.generators.openai.config import OpenAIConfig
from vibes.generators.openai.profiles import PROFILES
from vibes.nodes.kinds import node_kinds
from vibes.ports.kinds import HubTraits
from vibes.services.fleet.certificates import TlsFiles
from vibes.services.fleet.config_file import parse_fleet

TEXT = PAGE.read_text(encoding="utf-8")
FLEETS = [
    block
    for block in re.findall(r"^```yaml\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)
    if re.search(r"kind: (?:fal|openai)", block)
]


@pytest.mark.parametrize("fleet", FLEETS, ids=["fal-lightning", "fal-comfy", "openai"])
def test_its_nodes_are_understood_as_they_stand(fleet: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FAL_KEY=id:secret\nOPENAI_API_KEY=sk-secret\n", encoding="utf-8")
    kinds = node_kinds(HubTraits(state_folder=tmp_path, env_files=(tmp_path / ".env",)))
    nodes = parse_fleet(fleet, "gpus.yaml", TlsFiles(tmp_path), kinds)
    families = {each for node in nodes for each in node.capabilities}
    assert families <= {*shipped_library().families()}, "there are workflows that ask for these"


def test_it_names_every_profile_and_every_parameter() -> None:
    assert set(re.findall(r"^\| `([\w-]+)` \| [a-z]", TEXT, flags=re.MULTILINE)) >= set(PROFILES)
    assert set(get_args(OpenAIConfig.model_fields["profile"].annotation)) == set(PROFILES)
    assert [each for each in PARAMETERS if f"`{each}`" not in TEXT] == []
