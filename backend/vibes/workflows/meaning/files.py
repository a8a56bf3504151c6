"""Model files and LoRAs that a graph names, in whatever way its loaders write them down."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from vibes.workflows.graphs.walk import Place, Setting
from vibes.workflows.meaning.values import NUMBERS, find_value
from vibes.workflows.meaning.wiring import Wiring
from vibes.workflows.meaning.words import number_at_end, says, words_of

LORA = "built_in_lora"

MODEL_FILES = {
    "ckpt_name": "checkpoint",
    "unet_name": "diffusion_model",
    "vae_name": "vae",
    "clip_name": "text_encoder",
    "clip_name1": "text_encoder",
    "clip_name2": "second_text_encoder",
    "clip_name3": "third_text_encoder",
    "clip_name4": "fourth_text_encoder",
    "control_net_name": "controlnet",
    "lora_name": LORA,
}
"""Inputs that name a model file, and the name of the parameter for each."""

MODEL_FILE = re.compile(r"\.(?:safetensors|ckpt|pt|pth|bin|gguf|sft|onnx)$", re.IGNORECASE)

_UPSCALER = "upscale_model"
_NONE = frozenset({"", "none", "baked vae", "baked", "default", "auto", "automatic", "disabled", "[none]", "null"})
_OFF = frozenset({"off", "false", "disabled", "no"})
_WORDS = {
    "checkpoint": frozenset({"ckpt", "checkpoint"}),
    "diffusion_model": frozenset({"unet", "gguf", "diffusion", "transformer", "dit"}),
    "vae": frozenset({"vae"}),
    "controlnet": frozenset({"controlnet"}),
}
_STRENGTH_WORDS = frozenset({"strength", "weight", "wt", "str"})
_SWITCH_WORDS = frozenset({"switch", "on", "enabled", "enable"})
_COUNTS = ("lora_count", "num_loras", "lora_num")


class Lora(NamedTuple):
    file: Setting
    strengths: tuple[Setting, ...]
    """Those that are equal to the first of them count as one."""


def model_files(wiring: Wiring, graph_node_id: str) -> Iterator[tuple[str, Setting]]:
    """Role and file, without LoRAs; a list's word for no file is none."""
    for name in wiring.inputs(graph_node_id):
        role = _role(wiring, graph_node_id, name)
        if role is not None and role != LORA:
            found = _file(wiring, Place(graph_node_id, name))
            if found and (name in MODEL_FILES or MODEL_FILE.search(str(found.value))):
                yield role, found


def _role(wiring: Wiring, graph_node_id: str, name: str) -> str | None:
    if name in MODEL_FILES:
        return MODEL_FILES[name]
    if name == "model_name" and "upscale" in wiring.class_name(graph_node_id).lower():
        return _UPSCALER
    words = words_of(name)
    if "lora" in words or not isinstance(wiring.inputs(graph_node_id)[name], str):
        return None
    return next((role for role, known in _WORDS.items() if not known.isdisjoint(words)), None)


def _file(wiring: Wiring, place: Place) -> Setting | None:
    value = wiring.inputs(place.graph_node_id)[place.input]
    if isinstance(value, Mapping) and isinstance(value.get("content"), str):
        found: Setting | None = Setting(Place(place.graph_node_id, f"{place.input}.content"), value["content"])
    else:
        found = find_value(wiring, place, str)
    return None if found is None or str(found.value).strip().lower() in _NONE else found


def loras(wiring: Wiring, graph_node_id: str) -> Iterator[Lora]:
    """The LoRAs that a loader or stack applies; those that are switched off or beyond the count are left out."""
    inputs = wiring.inputs(graph_node_id)
    numbered = _by_number(inputs)
    by_holder: dict[str, Mapping[int | None, Sequence[str]]] = {graph_node_id: numbered}
    for name, value in inputs.items():
        if isinstance(value, Mapping) and "content" not in value:
            yield from _in_object(Place(graph_node_id, name), value)
        elif says(name, frozenset({"lora"})) and (found := _file(wiring, Place(graph_node_id, name))):
            holder = found.place.graph_node_id
            if holder not in by_holder:
                by_holder[holder] = _by_number(wiring.inputs(holder))
            number = number_at_end(name)
            if (name in MODEL_FILES or MODEL_FILE.search(str(found.value))) and _is_on(inputs, number, numbered):
                yield Lora(found, tuple(_strengths(wiring, found.place, by_holder[holder].get(number, ()))))


def _in_object(place: Place, value: Mapping[str, Any]) -> Iterator[Lora]:
    """``lora_1: {"on": true, "lora": "ink.safetensors", "strength": 0.7}``, and lists of such objects."""
    inner = value.get("__value__")
    if isinstance(inner, list):
        for index, each in enumerate(inner[:100]):
            if isinstance(each, Mapping):
                yield from _in_object(Place(place.graph_node_id, f"{place.input}.__value__.{index}"), each)
        return
    if not value.get("on", value.get("active", value.get("enabled", True))):
        return
    for key in ("lora", "lora_name", "name"):
        file = value.get(key)
        if isinstance(file, str) and file.lower() not in _NONE and (key != "name" or "strength" in value):
            strengths = [
                Setting(Place(place.graph_node_id, f"{place.input}.{each}"), value[each])
                for each in ("strength", "strengthTwo", "strength_model", "strength_clip", "clipStrength")
                if type(value.get(each)) in NUMBERS
            ]
            yield Lora(Setting(Place(place.graph_node_id, f"{place.input}.{key}"), file), tuple(strengths))
            return


def _by_number(inputs: Iterable[str]) -> dict[int | None, list[str]]:
    """Inputs by the number at the end of their names."""
    found: dict[int | None, list[str]] = {}
    for name in inputs:
        found.setdefault(number_at_end(name), []).append(name)
    return found


def _is_on(inputs: Mapping[str, Any], number: int | None, numbered: Mapping[int | None, Sequence[str]]) -> bool:
    if inputs.get("toggle") is False:
        return False
    if number is None:
        return True
    if any(type(most := inputs.get(name)) is int and number > most for name in _COUNTS):
        return False
    switch = next((inputs[name] for name in numbered[number] if says(name, _SWITCH_WORDS)), True)
    return not (switch is False or (isinstance(switch, str) and switch.lower() in _OFF))


def _strengths(wiring: Wiring, place: Place, alike: Sequence[str]) -> Iterator[Setting]:
    inputs = wiring.inputs(place.graph_node_id)
    same = [name for name in alike if says(name, _STRENGTH_WORDS)]
    simple = inputs.get("input_mode") == "simple"
    names = [name for name in same if simple == ("wt" in words_of(name))] if "input_mode" in inputs else same
    for name in sorted(names, key=lambda each: "clip" in words_of(each)):
        found = find_value(wiring, Place(place.graph_node_id, name), *NUMBERS)
        if found:
            yield found
