"""A fleet of one generator, out of its settings alone."""

from pathlib import Path
from typing import Any

import pytest

from vibes.commands.hub.single_generator import with_single_generator
from vibes.domain.nodes.node import NodeConfig
from vibes.environment.settings import Settings
from vibes.generators.errors import Misconfigured
from vibes.generators.factory import settings_of
from vibes.nodes.kinds import node_kinds
from vibes.services.fleet.certificates import TlsFiles
from vibes.services.fleet.config_file import parse_fleet


def fleet_of(folder: Path, strategy: str | None = None, toml: str | None = None) -> NodeConfig:
    """As the hub reads what is written."""
    config = None
    if toml is not None:
        config = folder / "settings.toml"
        config.write_text(toml, encoding="utf-8")
    given: dict[str, Any] = {"data": folder / "data"}
    settings = with_single_generator(Settings.model_validate(given), strategy, config)
    text = settings.config.read_text(encoding="utf-8")
    [node] = parse_fleet(text, "generator.yaml", TlsFiles(folder), node_kinds())
    return node


def test_a_strategy_is_enough(tmp_path: Path) -> None:
    node = fleet_of(tmp_path, "mock")
    assert (node.id, node.kind, node.options) == ("mock", "mock", {})
    assert node.capabilities == {"sd15", "sdxl"}


def test_a_file_of_settings_says_what_it_draws_for_and_how(tmp_path: Path) -> None:
    toml = '[generator]\nstrategy = "mock"\n[mock]\ncapabilities = ["upscaling", "seeds"]\nmax_concurrent = 3\n'
    node = fleet_of(tmp_path, toml=toml + '[[mock.models]]\nname = "big"\nmultiple_of = 1024\n')
    assert node.capabilities == {"sdxl", "upscale"}, "512 pixels are none of its sizes"
    assert node.options == {
        "capabilities": ["seeds", "upscaling"],
        "max_concurrent": 3,
        "models": [{"name": "big", "multiple_of": 1024}],
    }


def test_the_strategy_that_is_asked_for_counts_before_that_of_the_file(tmp_path: Path) -> None:
    toml = '[generator]\nstrategy = "fal-lightning"\n[mock]\nmax_concurrent = 2\n'
    assert fleet_of(tmp_path, "mock", toml).options == {"max_concurrent": 2}


def test_keys_that_may_stand_in_it_are_nobody_elses_to_read(tmp_path: Path) -> None:
    fleet_of(tmp_path, "mock")
    assert (tmp_path / "data" / "generator.yaml").stat().st_mode & 0o077 == 0


def test_a_key_stays_where_it_was_found_and_the_hub_finds_it_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FAL_KEY", raising=False)
    (tmp_path / ".env").write_text("FAL_KEY=from-a-file\n", encoding="utf-8")
    toml = tmp_path / "settings.toml"
    toml.write_text('[generator]\nstrategy = "fal-lightning"\n', encoding="utf-8")
    for key in ("from-a-file", "from-the-environment"):
        settings = with_single_generator(Settings.model_validate({"data": tmp_path / "data"}), None, toml)
        assert key not in settings.config.read_text(encoding="utf-8")
        found = settings_of("fal-lightning", settings.env_files).model_dump()["api_key"]
        assert found.get_secret_value() == key
        monkeypatch.setenv("FAL_KEY", "from-the-environment")
    toml.write_text('[generator]\nstrategy = "fal-lightning"\n[fal-lightning]\napi_key = "said"\n', encoding="utf-8")
    settings = with_single_generator(Settings.model_validate({"data": tmp_path / "data"}), None, toml)
    assert "api_key: said" in settings.config.read_text(encoding="utf-8"), "what somebody said counts first"


@pytest.mark.parametrize(
    ("strategy", "toml", "advice"),
    [
        ("mok", None, "there is no generator 'mok'; did you mean mock"),
        (None, "[generator]\n", "no generator is chosen"),
        ("mock", "[mock]\n\nsecnds = 1\n", "settings.toml:3: secnds: unknown setting; did you mean seconds"),
    ],
)
def test_a_mistake_is_told_with_advice(tmp_path: Path, strategy: str | None, toml: str | None, advice: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        fleet_of(tmp_path, strategy, toml)
    assert advice in str(refused.value)
