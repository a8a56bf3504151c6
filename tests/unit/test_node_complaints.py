"""What a node's error means: an unreadable file, a missing picture, and the words for it."""

from dataclasses import replace
from typing import Any

import pytest

from vibes.domain.nodes.node import ModelFolder
from vibes.nodes.comfyui.orders.complaints import GraphFailure, lost_input, sentence, unreadable
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.text.file_names import PathStyle

GRAPH = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "vibes/x.png"}},
    "2": {"class_type": "UpscaleModelLoader", "inputs": {"model_name": "photo\\4x.pth"}},
    "3": {"class_type": "DualCLIPLoader", "inputs": {"clip_name1": "a.safetensors", "clip_name2": "b.safetensors"}},
    "4": {"class_type": "KSampler", "inputs": {"sampler_name": "euler"}},
    "5": {"class_type": "TheirLoader", "inputs": {"ckpt": "c.safetensors", "note": "d.safetensors"}},
}
WINDOWS = ComfyUIInventory(
    version="0.3.64",
    device_name="cpu",
    simulated=False,
    vram_total_bytes=0,
    graph_node_classes=frozenset(),
    files={ModelFolder.UPSCALE_MODELS: frozenset({"photo/4x.pth"})},
    choices={("TheirLoader", "ckpt"): frozenset({"c.safetensors"})},
    path_style=PathStyle.WINDOWS,
    supports_jobs_api=False,
)


def error_at(graph_node_id: str, message: str = "header too large", *, out_of_memory: bool = False) -> GraphFailure:
    return GraphFailure(message, "Loader", out_of_memory, graph_node_id, "FileNotFoundError")


class TestComplaints:
    @pytest.mark.parametrize(
        ("error", "files"),
        [
            (error_at("2"), [(ModelFolder.UPSCALE_MODELS, "photo/4x.pth")]),
            (
                error_at("3"),
                [(ModelFolder.TEXT_ENCODERS, "a.safetensors"), (ModelFolder.TEXT_ENCODERS, "b.safetensors")],
            ),
            (error_at("3", "in /m/b.safetensors"), [(ModelFolder.TEXT_ENCODERS, "b.safetensors")]),
            (error_at("5"), [(None, "c.safetensors")]),
            (error_at("2", out_of_memory=True), []),
            (error_at("4"), []),
            (error_at("1"), []),
            (error_at("no such graph node"), []),
            (error_at(""), []),
        ],
    )
    def test_a_loader_that_fails_cannot_read_its_files(self, error: GraphFailure, files: list[tuple[Any, str]]) -> None:
        assert list(unreadable(error, GRAPH, WINDOWS)) == files

    def test_what_it_says_is_told_after_graph_node_and_file_and_without_pages_of_advice(self) -> None:
        advice = "In PyTorch 2.6, we changed the default value of the `weights_only` argument from False to True. " * 3
        error = error_at("2", f"Weights only load failed. {advice}\nPlease file an issue")
        [file] = unreadable(error, GRAPH, WINDOWS)
        assert sentence(error, (file,)) == "Loader (2) cannot read photo/4x.pth: Weights only load failed"
        assert sentence(error_at("4", "shapes differ"), ()) == "shapes differ"

    def test_a_picture_of_ours_that_is_not_there_is_lost_and_nothing_else_is(self) -> None:
        ours = frozenset({"vibes/x.png"})
        assert lost_input(error_at("1"), GRAPH, ours)
        assert not lost_input(error_at("1"), GRAPH, frozenset())
        assert not lost_input(error_at("2"), GRAPH, ours)
        assert not lost_input(replace(error_at("1"), kind="ValueError"), GRAPH, ours)
