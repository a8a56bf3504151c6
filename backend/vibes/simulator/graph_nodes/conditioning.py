"""Graph nodes that make and combine conditionings."""

from dataclasses import replace

from vibes.simulator.graph_nodes.base import Bench, Done, GraphNodeClass, Inputs, values
from vibes.simulator.graph_nodes.values import Conditioning
from vibes.simulator.pictures.derive import Control


def _encode_text(inputs: Inputs, _bench: Bench) -> Done:
    return values(Conditioning(inputs["text"]))


def _encode_edit(inputs: Inputs, _bench: Bench) -> Done:
    pictured = any(inputs.get(key) is not None for key in ("image1", "image2", "image3"))
    return values(Conditioning(inputs["prompt"], edits_image=pictured))


def _zero_out(inputs: Inputs, _bench: Bench) -> Done:
    conditioning: Conditioning = inputs["conditioning"]
    return values(replace(conditioning, text=""))


def _same(inputs: Inputs, _bench: Bench) -> Done:
    return values(inputs["conditioning"])


def _control(inputs: Inputs, _bench: Bench) -> Done:
    control = Control(inputs["image"][0], inputs["strength"])
    if "conditioning" in inputs:
        return values(_with_control(inputs["conditioning"], control))
    return values(_with_control(inputs["positive"], control), _with_control(inputs["negative"], control))


def _vision(inputs: Inputs, _bench: Bench) -> Done:
    return values(inputs["image"])


def _with_control(conditioning: Conditioning, control: Control) -> Conditioning:
    return replace(conditioning, controls=(*conditioning.controls, control))


CLASSES = {
    "CLIPTextEncode": GraphNodeClass(_encode_text),
    "TextEncodeQwenImageEditPlus": GraphNodeClass(_encode_edit),
    "ConditioningZeroOut": GraphNodeClass(_zero_out),
    "FluxGuidance": GraphNodeClass(_same),
    "StyleModelApply": GraphNodeClass(_same),
    "ControlNetApply": GraphNodeClass(_control),
    "ControlNetApplyAdvanced": GraphNodeClass(_control),
    "CLIPVisionEncode": GraphNodeClass(_vision),
}
