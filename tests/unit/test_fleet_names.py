"""One file has one name in the whole fleet, is asked for by any spelling, and goes to each node in its own."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.unit.fleet import INVENTORY
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.nodes.requirements import Requirements
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.nodes.comfyui.orders.spelling import spelled_for
from vibes.nodes.comfyui.reading.object_info import model_files
from vibes.services.fleet.file_names import FleetNames
from vibes.text.file_names import PathStyle

LORAS = ModelFolder.LORAS


def having(style: PathStyle, *loras: str, embeddings: Iterable[str] = ()) -> ComfyUIInventory:
    """A node that lists these LoRAs, in its own spelling."""
    choices = {("LoraLoader", "lora_name"): frozenset(loras), ("Stack", "lora_1"): frozenset({*loras, "None"})}
    files = model_files(choices, embeddings, style)
    return replace(INVENTORY, files=files, choices=choices, path_style=style)


LINUX = having(PathStyle.POSIX, "styles/x.safetensors", "plain.safetensors")
WINDOWS = having(PathStyle.WINDOWS, "styles\\x.safetensors", "plain.safetensors")
DOUBTFUL = having(PathStyle.DOUBTFUL, "styles\\x.safetensors", "plain.safetensors")
ODD = having(PathStyle.POSIX, "styles\\x.safetensors", "other/y.safetensors")


def asking(name: str) -> Requirements:
    return Requirements(frozenset({(LORAS, name)}), frozenset())


@pytest.mark.parametrize("fleet", [[LINUX, WINDOWS], [WINDOWS], [LINUX], [LINUX, DOUBTFUL], [WINDOWS, DOUBTFUL]])
@pytest.mark.parametrize("asked", ["styles/x.safetensors", "styles\\x.safetensors"])
def test_a_file_is_shown_once_whichever_spelling_its_nodes_have_and_asked_for_in_either(
    fleet: list[ComfyUIInventory], asked: str
) -> None:
    names = FleetNames(fleet)
    assert names.all(LORAS) == ["plain.safetensors", "styles/x.safetensors"]
    assert names.canonical(LORAS, asked) == "styles/x.safetensors"
    for each in fleet:
        assert "styles/x.safetensors" in names.of(each, LORAS)
        assert each.lacks(asking(asked)) == ()


def test_a_node_in_doubt_alone_keeps_its_spelling_and_hears_both() -> None:
    names = FleetNames([DOUBTFUL])
    assert names.all(LORAS) == ["plain.safetensors", "styles\\x.safetensors"]
    assert names.canonical(LORAS, "styles/x.safetensors") == "styles\\x.safetensors"
    assert DOUBTFUL.lacks(asking("styles/x.safetensors")) == ()


def test_a_linux_file_whose_name_really_holds_a_backslash_stays_itself() -> None:
    both = having(PathStyle.POSIX, "a\\b.safetensors", "a/b.safetensors")
    assert FleetNames([both]).all(LORAS) == ["a/b.safetensors", "a\\b.safetensors"]
    for name in ("a/b.safetensors", "a\\b.safetensors"):
        assert FleetNames([both]).canonical(LORAS, name) == name
        assert both.spelling("LoraLoader", "lora_name", name) == name

    assert FleetNames([ODD]).canonical(LORAS, "styles\\x.safetensors") == "styles\\x.safetensors"
    assert ODD.lacks(asking("styles/x.safetensors")) == ("lacks LoRA styles/x.safetensors",)
    assert FleetNames([ODD, WINDOWS]).all(LORAS) == [
        "other/y.safetensors", "plain.safetensors", "styles/x.safetensors", "styles\\x.safetensors"
    ]  # fmt: skip


def test_letter_case_counts_but_on_windows() -> None:
    shouted = having(PathStyle.WINDOWS, "Styles\\X.safetensors")
    names = FleetNames([LINUX, shouted])
    assert names.all(LORAS) == ["plain.safetensors", "styles/x.safetensors"]
    assert names.of(shouted, LORAS) == ["styles/x.safetensors"]
    assert shouted.lacks(asking("styles/x.safetensors")) == ()
    assert shouted.spelling("LoraLoader", "lora_name", "styles/x.safetensors") == "Styles\\X.safetensors"
    assert LINUX.lacks(asking("Styles/X.safetensors")) == ("lacks LoRA Styles/X.safetensors",)
    assert FleetNames([LINUX]).canonical(LORAS, "Styles/X.safetensors") is None


@pytest.mark.parametrize(
    ("inventory", "own"),
    [
        (LINUX, "styles/x.safetensors"),
        (WINDOWS, "styles\\x.safetensors"),
        (DOUBTFUL, "styles\\x.safetensors"),
        (ODD, "styles\\x.safetensors"),
    ],
)
def test_a_graph_names_files_as_its_node_does_also_in_graph_nodes_that_nobody_knows(
    inventory: ComfyUIInventory, own: str
) -> None:
    graph = {
        "1": {"class_type": "LoraLoader", "inputs": {"lora_name": "styles\\x.safetensors", "model": ["2", 0]}},
        "2": {"class_type": "Stack", "inputs": {"lora_1": "styles\\x.safetensors", "lora_2": "styles\\x.safetensors"}},
    }
    spelled = spelled_for(inventory, graph)
    assert spelled["1"]["inputs"] == {"lora_name": own, "model": ["2", 0]}
    assert spelled["2"]["inputs"] == {"lora_1": own, "lora_2": "styles\\x.safetensors"}, "the second takes any text"


def test_a_graph_that_is_spelled_right_stays_the_same_object() -> None:
    graph = {"1": {"class_type": "LoraLoader", "inputs": {"lora_name": "styles/x.safetensors"}}}
    assert spelled_for(LINUX, graph) is graph


@pytest.mark.parametrize(
    ("written", "linux", "windows"),
    [
        ("embedding:styles\\ink", "embedding:styles/ink", "embedding:styles\\ink"),
        ("embedding:styles/ink", "embedding:styles/ink", "embedding:styles\\ink"),
        ("a cat, (embedding:styles\\ink:1.2), dog", "a cat, (embedding:styles/ink:1.2), dog", None),
        ("embedding:styles\\ink.pt and", "embedding:styles/ink.pt and", None),
        ("embedding:styles\\other, embedding:bad", None, None),
        ("no embedding at all, styles\\ink", None, None),
        ("embedding:", None, None),
    ],
)
def test_embeddings_in_a_prompt_go_to_each_node_in_its_own_spelling(
    written: str, linux: str | None, windows: str | None
) -> None:
    graph = {"6": {"class_type": "CLIPTextEncode", "inputs": {"text": written, "clip": ["4", 1]}}}
    on_linux = having(PathStyle.POSIX, embeddings=["styles/ink", "bad"])
    on_windows = having(PathStyle.WINDOWS, embeddings=["styles\\ink", "bad"])
    assert spelled_for(on_linux, graph)["6"]["inputs"]["text"] == (linux or written)
    assert spelled_for(on_windows, graph)["6"]["inputs"]["text"] == (windows or written)
