"""Reads a picture's texts by the rules by which Civitai does, in words of our own: an independent reader for tests.

The rules are those of github.com/civitai/civitai (src/utils/metadata, August 2026): which text counts where there are
several, how A1111's text is taken apart, and which values make it forget all of them. Where it takes a graph of
ComfyUI, this one says so and goes no further.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_TAG = re.compile(r"<(lora|hypernet):([a-zA-Z0-9_.\-]+):([0-9.]+)>")
_TEMPLATES = ("Template: ", "Negative Template: ")
_ITS_NAMES = {
    "Seed": "seed",
    "CFG scale": "cfgScale",
    "Sampler": "sampler",
    "Steps": "steps",
    "Clip skip": "clipSkip",
}
_TEXTS = ("prompt", "negativePrompt", "sampler")
_NUMBERS = ("steps", "cfgScale", "seed", "clipSkip")
_DATE_BEGUN = re.compile(r".{11}T..")


@dataclass(frozen=True, slots=True)
class CivitaiReads:
    reader: str
    """``automatic``, ``comfy`` or, where nothing is understood, empty."""
    values: Mapping[str, Any] = field(default_factory=dict)
    resources: Sequence[Mapping[str, Any]] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)

    def resource(self, name: str) -> Mapping[str, Any] | None:
        return next((each for each in self.resources if each["name"] == name), None)


def read_as_civitai(texts: Mapping[str, str], user_comment: str | None = None) -> CivitaiReads:
    """``texts``: those of a PNG by name. The first of its readers that can do something with them does."""
    details = texts.get("parameters") or user_comment
    if details and "Steps: " in details:
        return _automatic(details)
    return CivitaiReads("comfy" if texts.get("prompt") or texts.get("workflow") else "")


def _automatic(details: str) -> CivitaiReads:
    lines = [line for line in details.split("\n") if line.strip()]
    for key in _TEMPLATES:
        first = next((place for place, line in enumerate(lines) if line.startswith(key)), None)
        if first is not None:
            after = first + 1
            while after < len(lines) and not re.search(r"[\w\s]+: ", lines[after]):
                after += 1
            del lines[first:after]
    settings = next((line for line in lines if line.startswith("Steps: ")), None)
    values: dict[str, Any] = {}
    hashes: dict[str, Any] = {}
    if settings is not None:
        lines.remove(settings)
        settings = re.sub(r",\s*$", "", settings)
        settings = re.split("Resources: |Hashed prompt: |Hashed Negative prompt: ", settings)[0]
        settings, told = _taken_out(settings, ", Hashes: ")
        hashes |= told
        values = _values(settings)
    width, _, height = values.get("Size", "").partition("x")
    if width.isdecimal() and height.isdecimal():
        values = {**values, "width": int(width), "height": int(height)}
        del values["Size"]
    wanted, *unwanted = ("\n".join(lines)).split("Negative prompt:")
    values["prompt"] = wanted.strip()
    values["negativePrompt"] = " ".join(each.strip() for each in unwanted).strip()
    resources = [{"type": kind, "name": name, "weight": float(weight)} for kind, name, weight in _TAG.findall(wanted)]
    _add_hashes(values, hashes, resources)
    if _is_invalid(values, hashes, resources):
        return CivitaiReads("")
    return CivitaiReads("automatic", values, resources, hashes)


def _add_hashes(values: dict[str, Any], hashes: dict[str, Any], resources: list[dict[str, Any]]) -> None:
    for name, digits in (values.pop("Lora hashes", None) or {}).items():
        hashes[f"lora:{name}"] = digits
        known = next((each for each in resources if each["name"] == name), None)
        if known is None:
            resources.append({"type": "lora", "name": name, "hash": digits})
        else:
            known["hash"] = digits
    if all(values.get(name, "") != "" for name in ("Model", "Model hash")):
        hashes.setdefault("model", values["Model hash"])
        resources.append({"type": "model", "name": values["Model"], "hash": values["Model hash"]})


def _is_invalid(values: Mapping[str, Any], hashes: Mapping[str, Any], resources: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one value is of a type that is not expected, by which it forgets all of them."""
    texts = [values[name] for name in _TEXTS if name in values]
    texts += [each[name] for each in resources for name in ("name", "hash") if name in each]
    if not all(isinstance(each, str) for each in (*texts, *hashes.values())):
        return True
    try:
        return not all(float(values[name]) is not None for name in _NUMBERS if name in values)
    except (TypeError, ValueError):
        return True


def _taken_out(line: str, before: str) -> tuple[str, dict[str, Any]]:
    """The line without the JSON object that follows these words, and what that holds."""
    start = line.find(before)
    if start < 0:
        return line, {}
    value, length = json.JSONDecoder().raw_decode(line[start + len(before) :])
    return line[:start] + line[start + len(before) + length :], value


def _values(line: str) -> dict[str, Any]:
    """By name. What stands in quotes is taken apart once more, so that a quoted text becomes an object."""
    found: dict[str, Any] = {}
    key = value = ""
    quoted = in_date = False
    for sign in line:
        if sign == '"':
            if quoted:
                found[key] = _values(value.strip())
                key = ""
            quoted = not quoted
        elif sign == ":" and not quoted and not in_date:
            if _DATE_BEGUN.fullmatch(value):
                in_date = True
            else:
                key, value = _ITS_NAMES.get(value.strip(), value.strip()), ""
        elif sign == "," and not quoted:
            in_date = False
            if key:
                found[key] = value.strip()
            key = value = ""
        else:
            value += sign
    if key:
        found[key] = value.strip()
    return found
