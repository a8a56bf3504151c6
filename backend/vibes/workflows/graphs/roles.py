"""What the inputs of a graph are for, found by following links from its outputs through the samplers.

Inputs are recognised by names and links, not by classes, so that custom samplers, loaders and encoders with ComfyUI's
usual names are understood too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from vibes.domain.pictures.graph import Graph, Link, link_of
from vibes.workflows.graphs.prompts import find_prompts, title_of, titled_prompts
from vibes.workflows.graphs.steps import sampler_steps
from vibes.workflows.graphs.walk import Setting, links_of, nearest, setting, setting_upstream, upstream

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
    "lora_name": "built_in_lora",
}
"""Inputs that name a model file, and the name of the parameter for each."""

_UPSCALER = "upscale_model"
_LATENT_SIDE_LINES = frozenset(
    {
        *("model", "clip", "vae", "positive", "negative", "conditioning", "control_net", "upscale_model", "mask"),
        *("guider", "noise", "sampler", "sigmas"),
    }
)
"""Inputs that carry no picture; not followed when looking for the picture's size or source."""

_SIZES = (("width", "height"), ("target_width", "target_height"))
_RESIZES = ("scale", "resize")
_EMPTY = ("latent", "image")
"""What follows "empty" in the name of a class that makes the canvas."""
_SAVES = re.compile(r"save", re.IGNORECASE)
_PREVIEWS = re.compile(r"preview|websocket", re.IGNORECASE)


@dataclass(slots=True)
class Roles:
    """Settings by role, in the order in which the graph reaches them.

    Settings of one role with equal values are one setting; with different values they are different settings.
    """

    order: list[str]
    """The graph nodes that the outputs need, each after those that feed it."""
    saves: list[str]
    """Graph nodes that save pictures."""
    samplers: list[str]
    settings: dict[str, list[Setting]] = field(default_factory=dict)
    sizes: list[tuple[Setting, Setting]] = field(default_factory=list)
    """Width and height, as pairs."""
    notes: list[str] = field(default_factory=list)
    """Sentences about what was looked for and not found."""

    def add(self, role: str, found: Setting | None) -> bool:
        if found and found not in self.settings.setdefault(role, []):
            self.settings[role].append(found)
        return found is not None


def find_roles(graph: Graph) -> Roles:
    outputs = [each for each in graph if _is_output(graph, each)]
    saves = [each for each in outputs if not _PREVIEWS.search(graph[each]["class_type"])]
    sampling = sampler_steps(graph)
    samplers = [each for each in upstream(graph, outputs) if each in sampling]
    # One sampler after the other, so that the settings of the first come first, whatever the order of the graph.
    roles = Roles(upstream(graph, [*samplers, *outputs]), saves, samplers)
    for sampler in roles.samplers:
        _find_sampling(graph, sampler, roles)
    for role, text in find_prompts(graph, roles.samplers):
        roles.add(role, text)
    if roles.samplers and "prompt" not in roles.settings:
        _guess_prompts(graph, roles)
    _find_models(graph, roles)
    _find_pictures(graph, roles)
    _find_sizes(graph, roles)
    return roles


def describe(graph: Graph, graph_node_id: str) -> str:
    """``graph node 6 (CLIPTextEncode, “Positive”)``, without characters that a terminal cannot show."""
    title = title_of(graph, graph_node_id)
    name = f"graph node {graph_node_id} ({graph[graph_node_id]['class_type']}{f', “{title}”' if title else ''})"
    return "".join(filter(str.isprintable, name))


def saves_pictures(graph: Graph, graph_node_id: str) -> bool:
    """Whether a graph node may write lasting files: judged by its class, or by an input with a file name prefix."""
    graph_node = graph[graph_node_id]
    if graph_node["class_type"] == "SaveImage" or "filename_prefix" in graph_node["inputs"]:
        return True
    return _is_output(graph, graph_node_id) and not _PREVIEWS.search(graph_node["class_type"])


def _is_output(graph: Graph, graph_node_id: str) -> bool:
    graph_node = graph[graph_node_id]
    named = _SAVES.search(graph_node["class_type"]) or _PREVIEWS.search(graph_node["class_type"])
    takes_picture = any(link_of(graph_node["inputs"].get(name)) for name in ("images", "image", "video"))
    return takes_picture and bool(named or "filename_prefix" in graph_node["inputs"])


def _find_sampling(graph: Graph, sampler: str, roles: Roles) -> None:
    number = (int, float)
    seed = setting_upstream(graph, sampler, ("seed", "noise_seed"), "noise", int)
    if not roles.add("seed", seed):
        roles.notes.append(
            f"the seed of {describe(graph, sampler)} is not set in the graph: every picture will be alike"
        )
    roles.add("steps", setting_upstream(graph, sampler, ("steps",), "sigmas", int))
    roles.add("cfg_scale", setting_upstream(graph, sampler, ("cfg",), "guider", *number))
    roles.add("sampler", setting_upstream(graph, sampler, ("sampler_name",), "sampler", str))
    roles.add("scheduler", setting_upstream(graph, sampler, ("scheduler",), "sigmas", str))
    roles.add("denoise_strength", setting_upstream(graph, sampler, ("denoise",), "sigmas", *number))


def _guess_prompts(graph: Graph, roles: Roles) -> None:
    """Use titles where custom graph nodes interrupt the links to the texts."""
    for role, text in titled_prompts(graph, roles.order):
        roles.add(role, text)
        roles.notes.append(
            f"{describe(graph, text.place.graph_node_id)} is taken for the {role} by its title: check it"
        )
    if "prompt" not in roles.settings:
        roles.notes.append("the prompt was not found: no way leads from a sampler to a text that is set in the graph")


def _find_models(graph: Graph, roles: Roles) -> None:
    for graph_node_id in roles.order:
        graph_node = graph[graph_node_id]
        for name in graph_node["inputs"]:
            role = MODEL_FILES.get(name)
            if name == "model_name" and "upscale" in graph_node["class_type"].lower():
                role = _UPSCALER
            if role:
                roles.add(role, setting(graph, graph_node_id, name, str))
        for name, role in (("guidance", "guidance"), ("strength", "controlnet_strength")):
            if role == "guidance" or "control_net" in graph_node["inputs"]:
                roles.add(role, setting(graph, graph_node_id, name, int, float))


def _find_pictures(graph: Graph, roles: Roles) -> None:
    """Find pictures; the one that a sampler starts from comes before those that only guide it."""
    loaders = [each for each in roles.order if graph[each]["class_type"].startswith("LoadImage")]
    sources = [
        nearest(
            graph,
            link_of(graph[sampler]["inputs"].get("latent_image")),
            loaders.__contains__,
            without=_LATENT_SIDE_LINES,
        )
        for sampler in roles.samplers
    ]
    for loader in dict.fromkeys([*filter(None, sources), *loaders]):
        only_mask = graph[loader]["class_type"] == "LoadImageMask" or not _uses_slot(graph, roles.order, loader, 0)
        found = setting(graph, loader, "image", str)
        roles.add("mask" if only_mask else "image", found)
        if not only_mask and _uses_slot(graph, roles.order, loader, 1):
            roles.notes.append(f"the mask is the transparency of the picture in {describe(graph, loader)}")


def _uses_slot(graph: Graph, order: Sequence[str], graph_node_id: str, slot: int) -> bool:
    return any(Link(graph_node_id, slot) in links_of(graph, each) for each in order)


def _find_sizes(graph: Graph, roles: Roles) -> None:
    """Find the size at which the first sampler works and all equal settings; then sizes of later scaling."""
    sized = {each: size for each in roles.order for size in _sizes_of(graph, each)[:1]}
    starts = [link_of(graph[sampler]["inputs"].get("latent_image")) for sampler in roles.samplers]
    first = next(
        filter(None, (nearest(graph, start, sized.__contains__, without=_LATENT_SIDE_LINES) for start in starts)), None
    )
    resizing = [each for each in sized if _resizes(graph[each]["class_type"])]
    for graph_node_id in dict.fromkeys([*([first] if first else []), *resizing]):
        roles.sizes.append(sized[graph_node_id])
    values = {_value_of(size) for size in roles.sizes}
    for graph_node_id in roles.order:
        for size in _sizes_of(graph, graph_node_id):
            if size not in roles.sizes and _value_of(size) in values:
                roles.sizes.append(size)


def _resizes(class_type: str) -> bool:
    name = class_type.lower()
    _, _, rest = name.partition("empty")
    return any(word in name for word in _RESIZES) or any(word in rest for word in _EMPTY)


def _sizes_of(graph: Graph, graph_node_id: str) -> list[tuple[Setting, Setting]]:
    found = ((setting(graph, graph_node_id, name, int) for name in names) for names in _SIZES)
    pairs = [tuple(pair) for pair in found]
    return [(width, height) for width, height in pairs if width and height]


def _value_of(size: tuple[Setting, Setting]) -> tuple[object, object]:
    return size[0].value, size[1].value
