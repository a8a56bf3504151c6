"""llm.yaml: what people write in it, and what they are told about their mistakes."""

import pytest

from vibes.domain.chat.config import NO_CHAT, ChatConfig, Dialect, Stage
from vibes.domain.errors import InvalidDocument
from vibes.services.chat.config_file import parse_chat_config

SERVERS = """
servers:
  home: {kind: ollama, url: "http://192.168.0.20:11434", shares_gpu_with: big}
  hosted: {kind: openai, url: "https://api.example.com/v1", api_key_env: EXAMPLE_KEY}
"""


def read(text: str) -> ChatConfig:
    return parse_chat_config(text, "llm.yaml")


def mistakes_of(text: str) -> str:
    with pytest.raises(InvalidDocument) as caught:
        read(text)
    return "\n".join(map(str, caught.value.problems))


def test_a_stage_has_a_server_and_a_model_which_may_be_the_usual_one() -> None:
    config = read(f"{SERVERS}\nstages:\n  interpreter: {{server: home}}\n  vision: {{server: hosted, model: seer-2}}\n")

    assert config.stages[Stage.INTERPRETER].model == "hermes3:8b"
    assert config.stages[Stage.VISION].model == "seer-2"
    assert Stage.ENGINEER not in config.stages
    assert config.servers["home"].kind is Dialect.OLLAMA
    assert config.servers["home"].shares_gpu_with == "big"
    assert config.servers["hosted"].api_key_env == "EXAMPLE_KEY"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "servers: {}\n", "servers: {}\nstages: {}\n"])
def test_a_file_may_name_nothing(text: str) -> None:
    assert read(text) == NO_CHAT


@pytest.mark.parametrize(
    ("kind", "given", "asked"),
    [
        ("ollama", "http://box:11434/", "http://box:11434"),
        ("ollama", "http://box:11434/v1", "http://box:11434"),
        ("ollama", "http://box:11434/api/", "http://box:11434"),
        ("openai", "http://box:8080", "http://box:8080/v1"),
        ("openai", "http://box:8080/v1/", "http://box:8080/v1"),
        ("openai", "https://box/behind/v2", "https://box/behind/v2"),
    ],
)
def test_an_address_may_be_written_as_any_of_its_servers_pages_shows_it(kind: str, given: str, asked: str) -> None:
    assert read(f'servers: {{a: {{kind: {kind}, url: "{given}"}}}}').servers["a"].url == asked


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "llm.yaml:1:1: expected a mapping"),
        ("server: {}", "llm.yaml:1:1: unknown key 'server'; did you mean servers?"),
        ("servers:\n  a: {url: http://a}", "llm.yaml:2:3: kind is required"),
        ("servers:\n  a: {kind: olama, url: http://a}", "llm.yaml:2:7: unknown kind 'olama': use 'ollama' or 'openai'"),
        ("servers:\n  a: {kind: openai, url: box:8080}", "url must be an address like http://192.168.0.20:11434"),
        ("servers:\n  a: {kind: openai, url: 'http://box:808080'}", "url must be an address like"),
        ("servers:\n  a: {kind: openai, url: 'http://box:8080', key: x}", "llm.yaml:2:45: unknown key 'key'"),
        ("servers:\n  'a b': {kind: openai, url: 'http://box'}", "llm.yaml:2:3: the name of a server has"),
        ("stages:\n  interpreter: {server: a}", "llm.yaml:2:17: there is no server 'a': there is none"),
        (
            f"{SERVERS}stages:\n  engineer: {{server: homme}}",
            "llm.yaml:6:14: there is no server 'homme'; did you mean home or hosted?",
        ),
        (f"{SERVERS}stages:\n  visoin: {{server: home}}", "llm.yaml:6:3: unknown key 'visoin'; did you mean vision?"),
        (f"{SERVERS}stages:\n  vision: {{server: home, modell: x}}", "unknown key 'modell'; did you mean model?"),
        ("servers:\n\ta: 1", "a tab character cannot be used"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_do(text: str, told: str) -> None:
    assert told in mistakes_of(text)


@pytest.mark.parametrize(
    "entry",
    [
        "api_key_env: sk-proj-verysecret1234567890",
        "api_key: sk-proj-verysecret1234567890",
        "api_key_env: [sk-proj-verysecret1234567890]",
    ],
)
def test_a_key_that_stands_in_the_file_by_mistake_is_not_repeated(entry: str) -> None:
    told = mistakes_of(f"servers:\n  a: {{kind: openai, url: 'http://box', {entry}}}")

    assert "verysecret" not in told
    assert "api_key_env" in told


def test_a_key_in_the_address_is_refused_and_not_repeated() -> None:
    told = mistakes_of("servers:\n  a: {kind: openai, url: 'http://me:verysecret@box/v1'}")

    assert "verysecret" not in told
    assert "a key goes into a variable, see api_key_env" in told
