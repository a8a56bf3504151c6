"""``GET /object_info``: the graph-node classes of a node and the values that their inputs take."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, ref

from vibes.domain.nodes.node import ModelFolder
from vibes.nodes.comfyui.reading.foreign_json import object_of, texts_in
from vibes.text.file_names import PathStyle, path_style, with_slashes
from vibes.workflows.graphs.model_inputs import MODEL_FILE_INPUTS

Choices = Mapping[tuple[str, str], frozenset[str]]
"""By class and input; see `ComfyUIInventory.choices`."""

_FILLED_BY_UPLOADS = ("image_upload", "video_upload", "audio_upload", "file_upload", "image_folder", "upload")
"""Options of an input whose list shows the files of the input folder. ComfyUI checks the file itself, not the list."""
_FILLED_LATER = "remote"
"""Option of an input whose list the browser loads from elsewhere."""
_CHECKED_OTHERWISE = frozenset({("LoadImage", "image"), ("LoadImageMask", "image"), ("LoadLatent", "latent")})
"""Inputs of that kind among ComfyUI's own that carry no such option in some versions."""

_kept: WeakKeyDictionary[frozenset[str], ref[frozenset[str]]] = WeakKeyDictionary()


class Offer(NamedTuple):
    """What ``/object_info`` says of a node."""

    classes: frozenset[str]
    choices: Choices


def parse_object_info(reply: object) -> Offer:
    """All that the hub wants to know of it."""
    return Offer(parse_graph_node_classes(reply), parse_choices(reply))


def parse_graph_node_classes(reply: object) -> frozenset[str]:
    """The names of all graph-node classes."""
    return frozenset(object_of(reply, "/object_info"))


def declarations_in(reply: object, classes: Collection[str]) -> dict[str, Any]:
    """Of these classes what the node tells of each, as it is."""
    told = object_of(reply, "/object_info")
    return {name: told[name] for name in classes if name in told}


def parse_choices(reply: object) -> Choices:
    """The listed values of every input that takes one of a list of texts.

    Left out, since they allow no judgement: lists of uploads, lists loaded elsewhere, lists without texts and unknown
    encodings. An empty list of a model folder stays: the folder has no file.
    """
    found: dict[tuple[str, str], frozenset[str]] = {}
    for class_name, graph_node_class in object_of(reply, "/object_info").items():
        for name, declaration in _inputs(graph_node_class):
            offered = frozenset(_options(declaration))
            place = class_name, name
            if place in MODEL_FILE_INPUTS or (offered and place not in _CHECKED_OTHERWISE):
                found[place] = offered
    return shared(found)


def shared(choices: Choices) -> Choices:
    """Equal lists become one object, across nodes too, which saves memory."""
    return {place: _shared(offered) for place, offered in choices.items()}


def style_of(system: str | None, choices: Choices) -> PathStyle:
    """``system``: as ``/system_stats`` names it."""
    return path_style(system, (name for place in MODEL_FILE_INPUTS for name in choices.get(place, ())))


def model_files(choices: Choices, embeddings: Iterable[str], style: PathStyle) -> dict[ModelFolder, frozenset[str]]:
    """What the loaders offer, by folder; a folder that no loader lists is left out."""
    files: dict[ModelFolder, frozenset[str]] = {}
    listed = [(folder, choices[place]) for place, folder in MODEL_FILE_INPUTS.items() if place in choices]
    for folder, names in (*listed, (ModelFolder.EMBEDDINGS, frozenset(embeddings))):
        files[folder] = files.get(folder, frozenset()).union(_as_shown(names, style))
    return files


def _as_shown(names: Iterable[str], style: PathStyle) -> Iterable[str]:
    return map(with_slashes, names) if style is PathStyle.WINDOWS else names


def _inputs(graph_node_class: object) -> Iterator[tuple[str, object]]:
    match graph_node_class:
        case {"input": dict(sections)}:
            for section in ("optional", "required"):
                inputs = sections.get(section)
                if isinstance(inputs, dict):
                    yield from inputs.items()


def _options(declaration: object) -> list[str]:
    """Both encodings: ``[["a", "b"], {…}]`` and ``["COMBO", {"options": ["a", "b"]}]``."""
    match declaration:
        case [[*options], *_] | ["COMBO", {"options": [*options]}, *_]:
            return [] if _is_free(declaration) else texts_in(options)
        case _:
            return []


def _is_free(declaration: object) -> bool:
    match declaration:
        case [_, dict(details), *_]:
            return any(details.get(each) for each in (_FILLED_LATER, *_FILLED_BY_UPLOADS))
        case _:
            return False


def _shared(names: frozenset[str]) -> frozenset[str]:
    """One object for equal lists: a hundred classes, on many nodes, may list the same thousand LoRAs."""
    known = _kept.get(names)
    same = known() if known is not None else None
    if same is None:
        _kept[names] = ref(names)
        return names
    return same
