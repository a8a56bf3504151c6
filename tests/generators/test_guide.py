"""The example of the guide that programs were written against: its class, its test, its settings and its recipes, word
for word, work with our package. What was `image_server.generators` there is `vibes.generators` here."""

import ast
import asyncio
import importlib
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from vibes.generators import capabilities, config, factory, generator
from vibes.generators.errors import Unavailable
from vibes.generators.factory import GENERATORS, create_generator
from vibes.generators.settings_file import read_settings

GUIDE = (Path(__file__).parents[1] / "fixtures" / "generators" / "guide.md").read_text(encoding="utf-8")
OURS = {"capabilities": capabilities, "config": config, "factory": factory, "generator": generator}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, flags=re.DOTALL)


def block_with(text: str, language: str = "python") -> str:
    [found] = [each for each in blocks(language) if text in each]
    return found


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The files that the guide tells to write, where it says, in a package of the name that it uses."""
    for block in blocks("python"):
        named = re.match(r"# (generators/your_service/\w+\.py)\n", block)
        if named:
            path = tmp_path / "image_server" / named[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block, encoding="utf-8")
    package = ModuleType("image_server.generators")
    package.__path__ = [str(tmp_path / "image_server" / "generators")]
    monkeypatch.setitem(sys.modules, "image_server", ModuleType("image_server"))
    monkeypatch.setitem(sys.modules, "image_server.generators", package)
    for name, ours in OURS.items():
        monkeypatch.setitem(sys.modules, f"image_server.generators.{name}", ours)
    yield tmp_path / "image_server" / "generators" / "your_service"
    for name in [each for each in sys.modules if each.startswith("image_server.generators.your_service")]:
        del sys.modules[name]


def module(name: str) -> Any:
    return importlib.import_module(f"image_server.generators.your_service.{name}")


def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the guide's entry of the registry says."""
    entry = ast.parse(block_with("GENERATORS = {")).body[-1]
    assert isinstance(entry, ast.Assign)
    names = {**vars(module("your_service_config")), **vars(module("your_service_generator"))}
    added = eval(compile(ast.Expression(entry.value), "guide.md", "eval"), names)  # noqa: S307 - the guide's own words
    for name, registration in added.items():
        monkeypatch.setitem(GENERATORS, name, registration)


async def test_its_test_of_its_class_passes(service: Path) -> None:
    assert sorted(path.name for path in files(service)) == [
        "test_your_service.py",
        "your_service_config.py",
        "your_service_generator.py",
    ]
    await module("test_your_service").test_your_service_generation()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix == ".py"]


@pytest.mark.usefixtures("service")
async def test_its_registration_and_its_settings_make_its_generator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(monkeypatch)
    written(tmp_path / "config.toml", block_with("[your_generator]", "toml").replace("your_generator", "your_service"))
    written(tmp_path / ".env", "YOUR_SERVICE_API_KEY=test-key\n")
    settings = read_settings(tmp_path / "config.toml")
    assert settings.model_dump() | {"model_name": "premium-model", "custom_param": 25, "api_key": "test-key"} == (
        settings.model_dump()
    )
    made = create_generator(settings, tmp_path)
    assert type(made).__name__ == "YourServiceGenerator"
    await made.start()
    path = await made.generate_image("a fox", image_b64="…", request_id="4711")
    await made.stop()
    assert Path(path).name == "your_service-4711.png"
    assert made.supports_capability(generator.GeneratorCapabilities.SEEDS)
    assert not made.supports_capability(generator.GeneratorCapabilities.LORA)


def written(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


@pytest.mark.usefixtures("service")
async def test_its_recipes_for_recovery_health_and_figures_work_within_its_class(tmp_path: Path) -> None:
    recipes: dict[str, Any] = {}
    texts = [block_with("async def test_connection"), block_with("async def _handle_service_failure")]
    namespace = {"Dict": dict, "Any": Any}
    for text in texts:
        exec(compile(text, "guide.md", "exec"), namespace, recipes)  # noqa: S102 - the guide's own words
    figures = "import logging, time\nlogger = logging.getLogger()\nasync def figures(self):\n" + textwrap.indent(
        block_with("start_time = time.time()"), "    "
    )
    exec(compile(figures, "guide.md", "exec"), namespace, recipes)  # noqa: S102 - the same
    namespace |= recipes
    recovered: list[str] = []

    async def recover(self: Any) -> None:
        recovered.append(self.name)

    async def draw(self: Any, prompt: str, **kwargs: Any) -> str:
        if prompt == "fails":
            await asyncio.sleep(0)
            await self._handle_service_failure()
        await self.figures()
        return prompt

    base = module("your_service_generator").YourServiceGenerator
    settings = module("your_service_config").YourServiceConfig(strategy="your_service", api_key="test-key")
    own = {"_recover_service": recover, "_generate_image_impl": draw}
    recovering = type("Recovering", (base,), {**recipes, **own})(settings, output_dir=tmp_path)
    assert (await recovering.test_connection())["status"] == "healthy"
    await recovering.start()
    first, second = (asyncio.create_task(recovering.generate_image(each)) for each in ("fails", "waits"))
    assert await first == "fails"
    with pytest.raises(Unavailable, match="Service recovering"):
        await second
    assert recovered == ["your_service"]
    assert await recovering.generate_image("again") == "again"
    await recovering.stop()
