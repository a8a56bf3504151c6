"""The example of a generator in a package of its own: installed beside the hub as a stranger would, and found."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.generators.packages import ROOT, install, run, run_tests
from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from vibes.domain.errors import InvalidDocument, NoCapableNode
from vibes.domain.generation import GenerationStatus
from vibes.generators.factory import GENERATORS
from vibes.nodes.kinds import node_kinds

EXAMPLE = ROOT / "docs" / "examples" / "vibes-imgen-stripes"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, so that nothing of an installation stays in the checkout."""
    return shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("example") / "stripes")


@pytest.fixture(scope="module")
def installed(example: Path) -> dict[str, str]:
    return install(example, example.parent / "site")


def test_its_own_tests_pass(example: Path, installed: dict[str, str]) -> None:
    assert run_tests(example, installed) == 4


def test_the_program_of_its_page_draws(example: Path, installed: dict[str, str]) -> None:
    [program] = re.findall(r"```python\n(.*?)```", (example / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    picture = example / run([sys.executable, "-c", program], installed, example).strip()
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.fixture
def known(installed: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """To this process, as it would be to a hub that is started after the installation."""
    monkeypatch.syspath_prepend(installed["PYTHONPATH"])
    GENERATORS.look_again()
    yield
    monkeypatch.undo()
    GENERATORS.look_again()
    GENERATORS.pop("stripes", None)
    for name in [each for each in sys.modules if each.startswith("vibes_stripes")]:
        del sys.modules[name]


def fleet_of_its_page(example: Path) -> str:
    [fleet] = re.findall(r"```yaml\n(.*?)```", (example / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return str(fleet)


@pytest.mark.usefixtures("known")
async def test_the_hub_drives_it_as_a_node_of_its_kind(example: Path, tmp_path: Path) -> None:
    assert "stripes" in node_kinds().names
    async with open_hub(settings_for(tmp_path, fleet=fleet_of_its_page(example))) as hub:
        submission = await hub.generations.submit(request(count=2))
        drawn = await finished(hub, submission.batch.id)
        with pytest.raises(NoCapableNode) as refused:
            await hub.generations.submit(request(values={"prompt": "x", "negative_prompt": "y"}))
    assert [each.status for each in drawn] == [GenerationStatus.COMPLETE] * 2
    assert {each.spec.checkpoint for each in drawn} == {"stripes"}
    assert [each.sentence for each in refused.value.reasons.values()] == ["takes no negative prompt"]


@pytest.mark.usefixtures("known")
async def test_a_mistake_in_its_options_is_told_with_its_line(example: Path, tmp_path: Path) -> None:
    wrong = fleet_of_its_page(example).replace("colours: 3", "colors: 3")
    with pytest.raises(InvalidDocument, match=r"gpus\.yaml:2.*colors.*did you mean colours\?"):
        async with open_hub(settings_for(tmp_path, fleet=wrong)):
            pass
