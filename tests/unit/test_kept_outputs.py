"""What a workflow saved beside pictures: left out where there are pictures, and told where there are none."""

import pytest

from tests.fakes import png
from vibes.domain.attempt import Wire
from vibes.domain.errors import NodeMisbehaved, OutputRefused
from vibes.domain.nodes.outcome import OutputFile
from vibes.domain.pictures.media_type import MediaType, other_suffix
from vibes.services.execution.outputs import fetch_all
from vibes.services.media.image_store import NewImage, new_image

SHELF = {
    "a.png": png((9, 9, 9)),
    "b.PNG": png((8, 8, 8)),
    "liar.svg": png((7, 7, 7)),
    "x.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "x.wav": b"RIFF\x24\0\0\0WAVEfmt " + bytes(28),
    "x.txt": b"a caption",
    "x.mov": b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
    "cut.svg": png((1, 1, 1))[:-20],
    "page.png": b"<html>Log in</html>",
    "page": b"<html>Log in</html>",
}


class Shelf:
    """As much of a node as the fetching asks for."""

    async def fetch(self, output: OutputFile, sent: Wire | None = None) -> bytes:
        return SHELF[output.filename]


async def kept(*names: str) -> list[NewImage]:
    async def looked_at(content: bytes) -> NewImage:
        return new_image(content, "")

    outputs = [OutputFile(name, "", "output", str(number)) for number, name in enumerate(names)]
    return await fetch_all(Shelf(), outputs, None, looked_at)  # type: ignore[arg-type]  # nothing else is asked of it


async def test_what_is_no_picture_is_left_out_and_the_first_picture_is_shown() -> None:
    files = await kept("x.svg", "a.png", "x.wav", "b.PNG", "x.txt", "x.mov", "liar.svg")
    assert [(each.graph_node, each.file.media_type) for each in files] == [
        (name, MediaType.PNG) for name in ("1", "3", "6")
    ]


@pytest.mark.parametrize(("name", "what"), [("x.svg", ".svg"), ("x.txt", ".txt"), ("x.wav", "WAVE"), ("x.mov", "qt")])
async def test_nothing_but_what_is_no_picture_is_the_workflows_fault(name: str, what: str) -> None:
    with pytest.raises(OutputRefused, match=f"the workflow saves {what}.* files; the hub keeps PNG"):
        await kept(name)


@pytest.mark.parametrize("name", ["page.png", "page", "cut.svg"])
async def test_rubbish_under_the_name_of_a_picture_is_the_nodes_fault(name: str) -> None:
    for names in ([name], ["a.png", name], ["x.svg", name]):
        with pytest.raises(NodeMisbehaved) as told:
            await kept(*names)
        assert not isinstance(told.value, OutputRefused)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.svg", ".svg"), ("a.b.TXT", ".txt"), ("a.png.json", ".json"), *((name, None) for name in ("a", "a.", ".", ""))]
    + [(f"a{suffix}", None) for suffix in (".png", ".JPEG", ".jfif", ".webp", ".m4v", ".x/../y", ".a b", ".x\n")],
)
def test_a_name_says_by_its_suffix_that_it_is_of_another_type(name: str, suffix: str | None) -> None:
    assert other_suffix(name) == suffix
