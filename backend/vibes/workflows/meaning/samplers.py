"""Which graph nodes draw: samplers in their order, and services that do all by themselves."""

import re
from collections.abc import Collection, Sequence

from vibes.domain.pictures.graph import Graph, Link, link_of
from vibes.workflows.graphs.steps import sampler_steps
from vibes.workflows.meaning.texts import text_inputs
from vibes.workflows.meaning.wiring import IMAGE, TEXT, Wiring
from vibes.workflows.meaning.words import PROMPT, names_pipe, says

_SAMPLES = re.compile(r"sampler|detailer", re.IGNORECASE)
_CHOOSES = re.compile(r"select|scheduler|config|settings|provider|loader|params", re.IGNORECASE)
_DETAILS = re.compile(r"detail", re.IGNORECASE)
_NEEDS = frozenset({"model", "latent", "samples", "guider", "sigmas", "unet", "pipeline", "transformer"})
_PREPARES = re.compile(r"preprocess|detect|segment|shuffle|caption|mask\b|clipseg|grounding|florence", re.IGNORECASE)
_PROVIDES = re.compile(r"sampler.*provider", re.IGNORECASE)
_PICTURES = frozenset({"image", "images", "pixels"})
_SEEDS = frozenset({"seed", "noise_seed"})
_ASKS = frozenset({"prompt"})


def is_detailer(wiring: Wiring, graph_node_id: str) -> bool:
    """Whether it draws parts of a picture anew, such as faces."""
    return bool(_DETAILS.search(wiring.class_name(graph_node_id)))


def find_samplers(wiring: Wiring, order: Sequence[str]) -> list[str]:
    """Those of ``order`` that sample."""
    counted = sampler_steps(wiring.graph)
    found = [each for each in order if _is_counted(wiring, each, counted) or _samples_a_bundle(wiring, each)]
    return found or [each for each in order if _provides_sampler(wiring, each)]


def passes_of(graph: Graph) -> int:
    """How often a graph samples the whole picture."""
    wiring = Wiring.of(graph)
    return sum(not is_detailer(wiring, each) for each in find_samplers(wiring, [*graph]))


def find_services(wiring: Wiring, order: Sequence[str]) -> list[str]:
    """Those of ``order`` that make a picture without a sampler, the last one first; of a prompt where any does."""
    asked = [each for each in reversed(order) if _is_service(wiring, each)]
    if asked:
        return asked
    by_chance = [each for each in order if _draws_by_chance(wiring, each)]
    return by_chance if len(by_chance) == 1 else []


def _draws_by_chance(wiring: Wiring, graph_node_id: str) -> bool:
    """It makes a picture with a seed or in steps, but of no prompt: a try-on, an upscaler, a relighter."""
    inputs = wiring.inputs(graph_node_id)
    used = wiring.outputs(graph_node_id)
    if _PREPARES.search(wiring.class_name(graph_node_id)):
        return False
    steps = "steps" in inputs and _SAMPLES.search(wiring.class_name(graph_node_id))
    return (not _SEEDS.isdisjoint(inputs) or bool(steps)) and any(_gives_picture(wiring, link) for link in used)


def _gives_picture(wiring: Wiring, link: Link) -> bool:
    """By its declared type; where nobody declares one, by the names of the inputs that take it."""
    kind = wiring.type_of(link)
    return kind == IMAGE if kind else any(place.input in _PICTURES for place in wiring.users.get(link, ()))


def _is_counted(wiring: Wiring, graph_node_id: str, counted: Collection[str]) -> bool:
    """What only notes how a picture was drawn takes neither a model nor a latent."""
    linked = [name for name, _ in wiring.links(graph_node_id)]
    return graph_node_id in counted and any(says(name, _NEEDS) or names_pipe(name) for name in linked)


def _samples_a_bundle(wiring: Wiring, graph_node_id: str) -> bool:
    """A sampler that gets model, prompts and latent in one link."""
    name = wiring.class_name(graph_node_id)
    pipes = any(names_pipe(each) for each, _ in wiring.links(graph_node_id))
    return bool(pipes and _SAMPLES.search(name) and not _CHOOSES.search(name))


def _provides_sampler(wiring: Wiring, graph_node_id: str) -> bool:
    """What holds a sampler's settings for another graph node that draws with them, by regions or in small steps."""
    provides = "steps" in wiring.inputs(graph_node_id) and _PROVIDES.search(wiring.class_name(graph_node_id))
    return bool(provides and any(names_pipe(each) for each, _ in wiring.links(graph_node_id)))


def _is_service(wiring: Wiring, graph_node_id: str) -> bool:
    names = text_inputs(wiring, graph_node_id, PROMPT)
    used = wiring.outputs(graph_node_id)
    kinds = {wiring.type_of(link) for link in used}
    if not names or not used or kinds <= {TEXT} or _PREPARES.search(wiring.class_name(graph_node_id)):
        return False
    takes_picture = any(link_of(wiring.inputs(graph_node_id).get(name)) for name in ("image", "images"))
    asks = any(says(name, _ASKS) for name in names)
    if any(wiring.gives_text(link) for link in used):
        return False
    return (asks and not kinds.isdisjoint({IMAGE, None})) or (IMAGE in kinds and not takes_picture)
