"""Graph nodes that save pictures into a folder or send them to the submitter's socket."""

import json

from vibes.simulator.graph_nodes.base import Bench, Done, GraphNodeClass, GraphNodeFailure, Inputs, Work
from vibes.simulator.graph_nodes.values import Images, megapixels_of
from vibes.simulator.pictures import finish
from vibes.simulator.setup.profiles import GpuProfile
from vibes.simulator.state.files import OutsideFolder


def _save(inputs: Inputs, bench: Bench) -> Done:
    return _saved(inputs["images"], "output", inputs["filename_prefix"], bench)


def _preview(inputs: Inputs, bench: Bench) -> Done:
    return _saved(inputs["images"], "temp", f"ComfyUI_temp_{bench.temp_suffix}", bench)


def _to_socket(inputs: Inputs, _bench: Bench) -> Done:
    images: Images = inputs["images"]
    return Done(frames=tuple(finish.marked(image) for image in images))


def _saved(images: Images, kind: str, prefix: str, bench: Bench) -> Done:
    texts: dict[str, str] = {}
    if bench.metadata:
        texts = {"prompt": json.dumps(bench.graph)}
        texts |= {name: json.dumps(value) for name, value in bench.extra_pnginfo.items()}
    pngs = [finish.to_png(finish.marked(image), texts) for image in images]
    try:
        saved = bench.files.save(kind, prefix, images[0].size, pngs)
    except OutsideFolder as problem:
        raise GraphNodeFailure(
            f"Saving image outside the output folder is not allowed: {problem}", "Exception"
        ) from None
    return Done((images,), ui={"images": [file.as_json() for file in saved]})


def _saving(inputs: Inputs, profile: GpuProfile) -> Work:
    return Work(seconds=profile.save_seconds(megapixels_of(inputs["images"])))


CLASSES = {
    "SaveImage": GraphNodeClass(_save, _saving, heavy=True),
    "PreviewImage": GraphNodeClass(_preview, _saving, heavy=True),
    "SaveImageWebsocket": GraphNodeClass(_to_socket, _saving, heavy=True),
}
