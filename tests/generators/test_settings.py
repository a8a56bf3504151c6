"""Settings of a generator: from TOML, with keys from the environment and `.env`, and every mistake told with advice."""

from pathlib import Path

import pytest
from pydantic import Field, SecretStr, ValidationError

from tests.generators.pens import Pen
from vibes.generators.config import BaseGeneratorConfig, is_secret
from vibes.generators.errors import InvalidSettings, Misconfigured
from vibes.generators.factory import GENERATORS, create_generator, settings_of
from vibes.generators.keys import key_field, key_variables
from vibes.generators.mock.mock_generator import MockGenerator
from vibes.generators.settings_file import read_settings

SECRET = "sk-live-51"  # noqa: S105 - to be looked for where it must not be


class CloudConfig(BaseGeneratorConfig):
    strategy: str = "a-cloud"
    api_key: str
    other_token: SecretStr | None = key_field("CLOUD_TOKEN", "A token.", required=False)
    model_name: str = "default-model"
    custom_param: int = Field(default=10, ge=1, description="A number.")


@pytest.fixture(autouse=True)
def _a_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GENERATORS, "a-cloud", {"config_class": CloudConfig, "generator_class": Pen})
    for variable in ("A_CLOUD_API_KEY", "CLOUD_TOKEN", "A_CLOUD_OTHER_TOKEN"):
        monkeypatch.delenv(variable, raising=False)


def write(folder: Path, text: str, env: str | None = None) -> Path:
    if env is not None:
        (folder / ".env").write_text(env, encoding="utf-8")
    path = folder / "generator.toml"
    path.write_text(text, encoding="utf-8")
    return path


TOML = """
[generator]
strategy = "a-cloud"
max_concurrent = 3

[a-cloud]
model_name = "premium-model"
custom_param = 25

[another]
what = "ever"
"""


def test_a_file_names_a_generator_and_its_settings_and_the_key_comes_from_env(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path, TOML, f"# keys\nexport A_CLOUD_API_KEY='{SECRET}'\n"))
    assert isinstance(settings, CloudConfig)
    assert (settings.strategy, settings.api_key, settings.model_name) == ("a-cloud", SECRET, "premium-model")
    assert (settings.custom_param, settings.max_concurrent) == (25, 3)


def test_a_table_may_be_spelled_with_underscores(tmp_path: Path) -> None:
    text = TOML.replace('"a-cloud"', '"a_cloud"').replace("[a-cloud]", "[a_cloud]")
    settings = read_settings(write(tmp_path, text, f"A_CLOUD_API_KEY={SECRET}"))
    assert isinstance(settings, CloudConfig)
    assert (settings.strategy, settings.custom_param) == ("a-cloud", 25)


def test_another_strategy_can_be_chosen_than_the_file_names(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path, TOML + "\n[mock]\nwidth = 64\n"), strategy="mock")
    assert isinstance(create_generator(settings, tmp_path), MockGenerator)
    assert settings.model_dump()["width"] == 64


def test_the_environment_counts_before_files_and_an_own_variable_before_the_usual_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert key_variables(CloudConfig, "a-cloud") == {
        "api_key": ("A_CLOUD_API_KEY",),
        "other_token": ("CLOUD_TOKEN", "A_CLOUD_OTHER_TOKEN"),
    }
    monkeypatch.setenv("A_CLOUD_API_KEY", "from the environment")
    first, second = tmp_path / "first.env", tmp_path / "second.env"
    first.write_text("A_CLOUD_API_KEY=from a file\nCLOUD_TOKEN=1\nA_CLOUD_OTHER_TOKEN=2\n", encoding="utf-8")
    second.write_text("CLOUD_TOKEN=3\n", encoding="utf-8")
    settings = settings_of("a-cloud", [first, second, tmp_path / "missing.env"])
    assert isinstance(settings, CloudConfig)
    assert settings.other_token is not None
    assert (settings.api_key, settings.other_token.get_secret_value()) == ("from the environment", "3")


@pytest.mark.parametrize("name", ["key", "api_key", "access_token", "PASSWORD", "client_secret", "credentials"])
def test_a_name_that_ends_as_secrets_do_is_one(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ["token_prices", "max_tokens", "keep_seconds", "keyboard", "monkey", "secretary"])
def test_a_name_that_only_sounds_like_a_secret_is_none(name: str) -> None:
    assert not is_secret(name)


def test_an_empty_variable_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_CLOUD_API_KEY", "")
    with pytest.raises(InvalidSettings, match=r"put A_CLOUD_API_KEY=… into the environment$"):
        settings_of("a-cloud")
    settings = settings_of({"strategy": "a-cloud", "api_key": "given"})
    assert isinstance(settings, CloudConfig)
    assert settings.api_key == "given"


def test_a_key_is_never_shown(tmp_path: Path) -> None:
    settings = settings_of({"strategy": "a-cloud", "api_key": SECRET, "other_token": SECRET})
    assert SECRET not in f"{settings!r} {settings!s} {create_generator(settings, tmp_path)!r}"
    assert "**********" in repr(settings)
    with pytest.raises(InvalidSettings) as caught:
        settings_of({"strategy": "a-cloud", "api_key": {"wrong": SECRET}, "custom_param": SECRET})
    assert SECRET not in str(caught.value)
    with pytest.raises(ValidationError) as wrong:
        CloudConfig.model_validate({"api_key": [SECRET]})
    assert SECRET not in str(wrong.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[generator]\n", 'generator.toml: no generator is chosen: put strategy = "…" under [generator]'),
        ("generator = 3\n", "generator.toml: generator must be a table, [generator]"),
        ("[generator\n", "generator.toml: it is no TOML: Expected ']' at the end of a table declaration (at line 1"),
        ('[generator]\nstrategy = "mok"\n', "there is no generator 'mok'; did you mean mock?"),
        (
            '[generator]\nstrategy = "mock"\n[mock]\nwidht = 3\nheight = 3\n[other]\nheight = 1\n',
            "generator.toml:5: height: Input should be greater than or equal to 16\n"
            "generator.toml:4: widht: unknown setting; did you mean width",
        ),
        (
            '[generator]\nretries = "often"\nstrategy = "mock"\n[mock.retries]\n[[mock.models]]\nnam = 3\n',
            "generator.toml:4: retries: Input should be a valid integer",
        ),
        ('[generator]\nretries = -1\nstrategy = "mock"\n', "generator.toml:2: retries: Input should be greater"),
        ('[generator]\nstrategy = "mock"\n[[mock.models]]\nnam = 3\n', "generator.toml:3: models.0.nam"),
        (
            '[generator]\nstrategy = "mock"\n[[mock.models]]\nname = "a"\nfamilly = "sdxl"\n',
            "models.0.familly: unknown setting; did you mean family?",
        ),
        (TOML, "generator.toml: api_key: put A_CLOUD_API_KEY=… into the environment or into .env"),
        ('[generator]\nstrategy = "diffusers"\n', "model: is required: "),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_do(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        read_settings(write(tmp_path, text))
    assert message in str(caught.value).replace(f"{tmp_path}/", "")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"#" * (2**20 + 1)])
def test_what_is_no_file_of_settings_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "generator.toml").write_bytes(content)
    for path in (tmp_path / "generator.toml", tmp_path / "missing.toml", tmp_path):
        with pytest.raises(Misconfigured, match=str(path)):
            read_settings(path)


def test_a_broken_env_file_is_told_by_its_line_and_without_what_stands_there(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"\.env:2: no NAME=value") as caught:
        read_settings(write(tmp_path, TOML, f"A=1\n{SECRET} {SECRET}\n"))
    assert SECRET not in str(caught.value)
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    with pytest.raises(Misconfigured, match=r"\.env cannot be read: it is no UTF-8 text"):
        read_settings(tmp_path / "generator.toml")


def test_a_setting_that_nobody_knows_is_told_with_all_that_there_are() -> None:
    with pytest.raises(InvalidSettings) as caught:
        settings_of({"strategy": "a-cloud", "api_key": "x", "zzzz": 1, "custom_parm": 0})
    problems = {each.key: each.message for each in caught.value.problems}
    assert problems["custom_parm"] == "unknown setting; did you mean custom_param?"
    assert problems["zzzz"].startswith("unknown setting: it has max_concurrent, output_prefix, retries")
