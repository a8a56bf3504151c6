"""What the inputs of a graph are for, found by following links from its outputs through whatever draws.

Inputs are recognised by the declared types and names of the classes, and by their own names where nobody knows a
class, so that custom samplers, loaders and encoders with usual names are understood too.
"""

from collections.abc import Collection, Sequence

from vibes.domain.pictures.graph import Graph, Link, link_of
from vibes.workflows.graphs.outputs import describe
from vibes.workflows.graphs.walk import Place, nearest, upstream
from vibes.workflows.meaning.files import LORA, loras, model_files
from vibes.workflows.meaning.found import Roles
from vibes.workflows.meaning.pictures import (
    control_pictures,
    gives_only_masks,
    holds_picture,
    is_mask,
    makes_video,
    names_control,
    outputs_of,
    picture_by_path,
    picture_input,
    saves,
)
from vibes.workflows.meaning.prompts import find_prompts
from vibes.workflows.meaning.samplers import find_samplers, find_services, is_detailer
from vibes.workflows.meaning.schema import Schema
from vibes.workflows.meaning.sizes import LATENT_LINES, LATENT_SIDE_LINES, find_sizes
from vibes.workflows.meaning.switches import as_switched
from vibes.workflows.meaning.values import NUMBERS, find_value, value_along
from vibes.workflows.meaning.wiring import Wiring
from vibes.workflows.meaning.words import says

_SEEDS = ("seed", "noise_seed")
_CFG = ("cfg", "cfg_scale", "cfg_conds", "guidance_scale", "true_cfg", "true_gs", "cfg_text", "cfg1", "cfg_1")
_CFG_WORDS = frozenset({"cfg"})
_STEPS = ("steps", "denoise_steps", "num_inference_steps", "inference_steps", "num_steps", "sampling_steps")
_SAMPLERS = ("sampler_name", "sampler")
_SCHEDULERS = ("scheduler", "scheduler_name")
_DENOISE = ("denoise", "denoise_strength", "denoising_strength")


def find_roles(graph: Graph, schema: Schema | None = None) -> Roles:
    """``schema``: what the fleet says of the graph's classes; the classes that come with ComfyUI are always known."""
    wiring = as_switched(Wiring.of(graph, schema))
    graph = wiring.graph
    outputs = outputs_of(wiring)
    before = upstream(graph, outputs)
    samplers = _main_ones_first(wiring, find_samplers(wiring, before), outputs)
    draws = samplers or find_services(wiring, before)[:1]
    # One sampler after the other, so that the settings of the first come first, whatever the order of the graph.
    order = upstream(graph, [*draws, *outputs])
    roles = Roles(order, [each for each in outputs if saves(wiring, each)], samplers, draws)
    details = {each for each in samplers if is_detailer(wiring, each)}
    roles.details.update(details if details < {*samplers} else ())
    for each in draws:
        _find_sampling(wiring, each, roles)
    find_prompts(wiring, roles)
    _find_models(wiring, roles)
    _find_pictures(wiring, roles)
    roles.sizes.extend(find_sizes(wiring, order, draws))
    for place in (side.place for size in roles.sizes for side in size):
        roles.why.setdefault(place, f"the size that {describe(graph, place.graph_node_id)} works at")
    _tell_videos(wiring, roles)
    _tell_pictures_by_path(wiring, roles)
    return roles


def _main_ones_first(wiring: Wiring, samplers: Sequence[str], outputs: Sequence[str]) -> list[str]:
    """What draws the picture itself, or a latent that it is drawn by, before what draws a picture that only guides."""
    lasting = [each for each in outputs if saves(wiring, each)] or outputs
    line = set(upstream(wiring.graph, lasting, without=LATENT_SIDE_LINES))
    return sorted(samplers, key=lambda each: each not in line and not _conditions(wiring, each))


def _conditions(wiring: Wiring, sampler: str) -> bool:
    """Whether its latent goes into a conditioning, as that of Stable Cascade's first stage."""
    users = [place for link in wiring.outputs(sampler) for place in wiring.users[link]]
    known = [each for place in users if (each := wiring.known(place.graph_node_id))]
    return any(output.type == "CONDITIONING" for each in known for output in each.outputs)


def _find_sampling(wiring: Wiring, draws: str, roles: Roles) -> None:
    where = describe(wiring.graph, draws)
    seed = value_along(wiring, draws, _SEEDS, ("noise",), int)
    if not roles.add("seed", seed, f"the seed of {where}") and roles.samplers:
        roles.notes.append(f"the seed of {where} is not set in the graph: every picture will be alike")
    for role, names, lines, kinds in (
        ("steps", _STEPS, ("sigmas",), (int,)),
        ("cfg_scale", _cfg_names(wiring, draws), ("guider",), NUMBERS),
        ("sampler", _SAMPLERS, ("sampler",), (str,)),
        ("scheduler", _SCHEDULERS, ("sigmas",), (str,)),
        ("denoise_strength", _DENOISE, ("sigmas",), NUMBERS),
    ):
        found = value_along(wiring, draws, names, lines, *kinds)
        roles.add(role, found, f"the {role.replace('_', ' ')} of {where}")


def _cfg_names(wiring: Wiring, draws: str) -> list[str]:
    """The usual names, then others that say so."""
    guider = link_of(wiring.inputs(draws).get("guider"))
    names = wiring.inputs(guider.graph_node_id if guider else draws)
    return list(dict.fromkeys([*_CFG, *(name for name in names if says(name, _CFG_WORDS))]))


def _find_models(wiring: Wiring, roles: Roles) -> None:
    for graph_node_id in roles.order:
        where = describe(wiring.graph, graph_node_id)
        inputs = wiring.inputs(graph_node_id)
        for role, found in model_files(wiring, graph_node_id):
            roles.add(role, found, f"the file that {where} loads")
        for lora in loras(wiring, graph_node_id):
            if roles.add(LORA, lora.file, f"a LoRA that {where} applies"):
                roles.loras.append(lora)
        controls = any(map(names_control, inputs))
        for name, role in (("guidance", "guidance"), ("strength", "controlnet_strength")):
            if name in inputs and (role == "guidance" or controls):
                value = find_value(wiring, Place(graph_node_id, name), *NUMBERS)
                roles.add(role, value, f"the {role.replace('_', ' ')} of {where}")


def _find_pictures(wiring: Wiring, roles: Roles) -> None:
    """Find pictures; the one that a sampler starts from comes before those that only guide it."""
    loaders = {each: name for each in roles.order if (name := picture_input(wiring, each))}
    sources = [found for each in roles.draws for found in _sources(wiring, each, loaders)]
    controls = control_pictures(wiring, [*roles.draws, *roles.saves], loaders)
    for loader in dict.fromkeys([*sources, *loaders]):
        where = describe(wiring.graph, loader)
        only_mask = wiring.class_name(loader) == "LoadImageMask" or gives_only_masks(wiring, loader)
        found = find_value(wiring, Place(loader, loaders[loader]), str)
        word = "control picture" if loader in controls else "picture"
        roles.add("mask" if only_mask else "image", found, f"the {word} that {where} loads")
        if found and loader in controls:
            roles.controls.add(found.place)
        links = wiring.outputs(loader)
        if not only_mask and any(
            link.slot and is_mask(wiring, link) for link in links if _is_needed(wiring, roles, link)
        ):
            roles.notes.append(f"the mask is the transparency of the picture in {where}")


def _is_needed(wiring: Wiring, roles: Roles, link: Link) -> bool:
    return any(place.graph_node_id in roles.order for place in wiring.users[link])


def _sources(wiring: Wiring, draws: str, loaders: Collection[str]) -> list[str]:
    inputs = wiring.inputs(draws)
    starts = [link for name in LATENT_LINES if (link := link_of(inputs.get(name)))]
    found = [nearest(wiring.graph, start, loaders.__contains__, without=LATENT_SIDE_LINES) for start in starts]
    return [each for each in found if each is not None]


def _tell_pictures_by_path(wiring: Wiring, roles: Roles) -> None:
    for each in roles.order:
        if picture_input(wiring, each) is not None:
            continue
        if file := picture_by_path(wiring, each):
            what = f"loads {file} from where the machine keeps it"
        elif holds_picture(wiring, each):
            what = "has its picture written into the graph"
        else:
            continue
        roles.notes.append(
            f"{describe(wiring.graph, each)} {what}: put a Load Image in its place, and a picture can be sent with a"
            " request"
        )


def _tell_videos(wiring: Wiring, roles: Roles) -> None:
    videos = [each for each in roles.saves if makes_video(wiring, each)]
    for each in videos:
        where = describe(wiring.graph, each)
        kept = "the hub keeps the file as it comes and shows its first frame where it can"
        roles.notes.append(f"{where} makes a video or an animation, not a picture: {kept}")
