"""A picture is compared with the graph in it: what proves that it is another prompt's, and what proves nothing."""

import io
import json
import zlib
from copy import deepcopy
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from tests.fakes import png
from tests.unit.workflow_sources import shipped_library, spec_for
from vibes.documents.png_chunks import without_tail
from vibes.documents.png_texts import MAX_TEXT_BYTES, texts, with_text
from vibes.domain.errors import ForeignOutput
from vibes.domain.ids import new_attempt_id
from vibes.nodes.comfyui.orders.graphs import output_prefix
from vibes.nodes.comfyui.orders.origin import MAX_DEPTH, graph_in, own
from vibes.workflows.filling.compile import OUTPUT_PREFIX, compile_graph

WORKFLOW = shipped_library().get("sd15_txt2img")


def sent(**given: Any) -> dict[str, Any]:
    """What an attempt sends."""
    spec = spec_for(WORKFLOW, "sd15", **{"prompt": "a calm sea", "seed": 2**64 - 1, **given})
    return dict(compile_graph(WORKFLOW, spec, prefix=output_prefix(new_attempt_id())))


def drawn(graph: object) -> bytes:
    return with_text(png(), "prompt", json.dumps(graph))


def changed(graph: dict[str, Any], graph_node_id: str, **inputs: Any) -> dict[str, Any]:
    other = deepcopy(graph)
    other[graph_node_id]["inputs"].update(inputs)
    return other


def test_no_two_attempts_name_their_files_alike() -> None:
    prefixes = {output_prefix(new_attempt_id()) for _ in range(1000)}
    assert len(prefixes) == 1000
    assert all(each.startswith("vibes/") and len(each) < 30 for each in prefixes)


def test_a_picture_that_carries_what_was_sent_is_kept_as_it_came() -> None:
    graph = sent()
    assert own(drawn(graph), graph) == drawn(graph)


def test_what_the_node_noted_and_brought_into_the_declared_types_is_still_ours() -> None:
    graph = changed(sent(), "4", cfg=7, denoise="1.0", steps="20", sampler_name="sub\\euler")
    ran = changed(graph, "4", cfg=7.0, denoise=1.0, steps=20, sampler_name="sub/euler")
    ran["1"]["is_changed"] = [float("nan")]
    assert own(drawn(ran), graph) == drawn(ran)
    assert graph_in(drawn(ran)) == {**ran, "1": {name: ran["1"][name] for name in ("class_type", "inputs")}}


@pytest.mark.parametrize(
    ("graph_node_id", "inputs", "sentence"),
    [
        ("4", {"seed": 2**64 - 2}, "seed 18446744073709551614 instead of 18446744073709551615"),
        ("2", {"text": "a wild sea"}, "has text 'a wild sea' instead of 'a calm sea'"),
        ("4", {"cfg": 7.9}, "has cfg 7.9"),
        ("5", {"width": 64}, "has width 64"),
        ("7", {"filename_prefix": "vibes/0123456789abcdef"}, "has filename_prefix 'vibes/0123456789abcdef'"),
        ("7", {"filename_prefix": OUTPUT_PREFIX}, "has filename_prefix"),
    ],
)
def test_a_picture_of_another_prompt_is_told_by_what_it_carries(
    graph_node_id: str, inputs: dict[str, Any], sentence: str
) -> None:
    graph = sent()
    with pytest.raises(ForeignOutput, match=sentence):
        own(drawn(changed(graph, graph_node_id, **inputs)), graph)


def test_two_prompts_of_an_earlier_release_with_one_file_name_are_told_apart_by_the_rest() -> None:
    """They shared a prefix, and their attempts may be open when the hub is replaced."""
    ours, theirs = (dict(compile_graph(WORKFLOW, spec_for(WORKFLOW, "sd15", prompt=each))) for each in ("ours", "not"))
    assert own(drawn(ours), ours)
    with pytest.raises(ForeignOutput, match="'not' instead of 'ours'"):
        own(drawn(theirs), ours)


def test_a_picture_of_a_graph_that_looks_quite_different_is_another_ones() -> None:
    other = {"9": {"class_type": "EmptyImage", "inputs": {}}}
    with pytest.raises(ForeignOutput, match="it has no CheckpointLoaderSimple as graph node 1"):
        own(drawn(other), sent())


def test_custom_graph_nodes_may_fill_in_their_own_inputs_and_a_master_those_of_others() -> None:
    graph = {**sent(), "20": {"class_type": "ImpactWildcardProcessor", "inputs": {"populated_text": "", "seed": 5}}}
    assert own(drawn(changed(graph, "20", populated_text="a red cat")), graph)
    with pytest.raises(ForeignOutput, match="seed 6 instead of 5"):
        own(drawn(changed(graph, "20", seed=6)), graph)
    mastered = {**graph, "21": {"class_type": "GlobalSeed //Inspire", "inputs": {"value": 1}}}
    assert own(drawn(changed(mastered, "4", seed=1)), mastered)
    with pytest.raises(ForeignOutput, match="filename_prefix"):
        own(drawn(changed(mastered, "7", filename_prefix="vibes/0123456789abcdef")), mastered)


def test_a_place_that_was_put_before_our_file_name_is_no_other_name() -> None:
    graph = sent()
    assert own(drawn(changed(graph, "7", filename_prefix=f"me/{graph['7']['inputs']['filename_prefix']}")), graph)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a cat, masterpiece",
        "[]",
        "{}",
        "7",
        '"text"',
        "{",
        '{"1": 7}',
        '{"1": {"class_type": "KSampler"}}',
        '{"1": {"class_type": 5, "inputs": {}}}',
        "[" * 100_000,
        '{"1": ' * 5_000 + "0" + "}" * 5_000,
        "1" * 5_000,
        '{"1": {"class_type": "A", "inputs": {"x": ' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}}}",
    ],
)
def test_a_text_that_is_no_graph_proves_nothing_and_the_picture_gets_the_one_that_was_sent(text: str) -> None:
    graph = sent()
    picture = with_text(png(), "prompt", text)
    assert graph_in(picture) is None
    assert graph_in(own(picture, graph)) == graph


def test_a_picture_without_metadata_gets_the_graph_that_was_sent() -> None:
    graph = sent(prompt="é \N{SNOWMAN}")
    [text] = texts(own(png(), graph), "prompt")
    assert json.loads(text) == graph


def test_what_is_no_png_is_left_to_those_who_decode_it() -> None:
    for content in (b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<html>"):
        assert own(content, sent()) == content


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("international", [True, False])
def test_the_graph_is_read_in_every_way_in_which_a_png_holds_texts(packed: bool, international: bool) -> None:
    graph, info, encoded = sent(), PngImagePlugin.PngInfo(), io.BytesIO()
    if international:
        info.add_itxt("prompt", json.dumps(graph), "en", "the prompt", zip=packed)
    else:
        info.add_text("prompt", json.dumps(graph), zip=packed)
    Image.new("RGB", (8, 8)).save(encoded, "PNG", pnginfo=info)
    assert graph_in(encoded.getvalue()) == graph


def test_a_text_that_unpacks_to_more_than_any_graph_has_is_passed_over() -> None:
    bomb = zlib.compress(b" " * (MAX_TEXT_BYTES + 1))
    assert len(bomb) < 10_000
    for kind, head in ((b"zTXt", b"prompt\0\0"), (b"iTXt", b"prompt\0\1\0\0\0")):
        assert list(texts(with_chunk(png(), kind, head + bomb), "prompt")) == []
        assert list(texts(with_chunk(png(), kind, head + b"damaged"), "prompt")) == []
    assert list(texts(with_chunk(png(), b"iTXt", b"prompt\0\0\0no end"), "prompt")) == []
    assert list(texts(with_text(png(), "prompt", " " * (MAX_TEXT_BYTES + 1)), "prompt")) == []


def with_chunk(picture: bytes, kind: bytes, body: bytes) -> bytes:
    chunk = len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
    return picture[:33] + chunk + picture[33:]


def test_a_text_behind_the_pixels_is_read_and_one_behind_the_end_is_not() -> None:
    graph, plain = sent(), png()
    text = with_text(plain, "prompt", json.dumps(graph))[
        33 : 33 + len(with_text(plain, "prompt", json.dumps(graph))) - len(plain)
    ]
    assert graph_in(plain[:-12] + text + plain[-12:]) == graph
    assert graph_in(plain + text) is None


def test_a_png_ends_where_it_says_so_whatever_follows() -> None:
    whole = png()
    for tail in (b"", b"\0" * 100, b"PK\x03\x04 an archive", whole):
        assert without_tail(whole + tail) == whole
    for cut in (whole[:-1], whole[:40], b"", b"<html>"):
        assert without_tail(cut) == cut


def test_a_jpeg_that_is_cut_anywhere_carries_no_graph_or_all_of_it() -> None:
    encoded, graph = io.BytesIO(), sent()
    exif = Image.Exif()
    exif[0x010E] = "prompt:" + json.dumps(graph)
    Image.new("RGB", (64, 64), "olive").save(encoded, "JPEG", exif=exif)
    whole = encoded.getvalue()
    assert graph_in(whole) == graph
    pixels = whole.index(b"\xff\xda")
    assert all(graph_in(whole[:length]) in (None, graph) for length in range(pixels + 3))
