"""Pictures in what a fal workflow answers, whatever its shape: nested by graph node, or a plain list."""

from collections.abc import Iterator, Mapping
from typing import Any

_ADDRESSES = ("url", "image_output", "image_url")
_DEEPEST = 20
_PREVIEW = "temp"
"""ComfyUI's word for what is shown and not saved."""
_OTHER_KINDS = (".mp4", ".webm", ".gif", ".json", ".txt", ".safetensors", ".glb", ".wav", ".mp3")


def picture_urls(answer: Any, node: str | None = None) -> tuple[str, ...]:
    """Addresses of the pictures that were saved, in the order of the answer; of this graph node alone, if one is named.

    Where everything is a preview, the previews.
    """
    within = _of_node(answer, node) if node is not None else answer
    files = [*_files(within, _DEEPEST)]
    saved = [url for url, kind in files if kind != _PREVIEW]
    return tuple(dict.fromkeys(saved or [url for url, _ in files]))


def _of_node(answer: Any, node: str) -> Any:
    outputs = answer.get("outputs", answer) if isinstance(answer, Mapping) else None
    return outputs.get(node) if isinstance(outputs, Mapping) else None


def _files(value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """Address and type of each."""
    if depth == 0:
        return
    if isinstance(value, Mapping):
        address = next((url for name in _ADDRESSES if (url := _address(value.get(name), value)) is not None), None)
        if address is not None:
            yield address, value.get("type")
            return
    children = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for each in children:
        yield from _files(each, depth - 1)


def _address(url: Any, told: Mapping[str, Any]) -> str | None:
    if not isinstance(url, str) or not url.startswith(("http://", "https://", "data:image/")):
        return None
    kind = told.get("content_type")
    if isinstance(kind, str) and kind and not kind.startswith("image/"):
        return None
    return None if url.split("?", 1)[0].lower().endswith(_OTHER_KINDS) else url
