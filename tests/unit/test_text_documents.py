"""Every file that a person edits is read as their editor saved it, or told in a sentence that says what to do."""

import asyncio
import codecs
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer

from tests.hub import FLEET
from vibes.commands.hub.serve import _check_fleet_file
from vibes.commands.jobs.job_file import read_job_file
from vibes.documents.text_document import NotText, text_of
from vibes.domain.errors import HubError, InvalidDocument
from vibes.domain.nodes.node import NodeConfig
from vibes.environment.settings import Settings
from vibes.environment.shipped import shipped_folder
from vibes.nodes.kinds import node_kinds
from vibes.services.fleet.config_follower import Fleet
from vibes.services.library.folders import WorkflowFolders
from vibes.services.library.imports import Export, import_workflow
from vibes.services.sessions.flow_file import read_flows

TEXT = "name: 夜の日本 – ё\nsize: 7\n"

SAVED = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with a mark": codecs.BOM_UTF8 + TEXT.encode(),
    "UTF-16 of Windows": codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
    "UTF-16 of a Mac of old": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "UTF-32": codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
    "UTF-32 the other way round": codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
}


@pytest.mark.parametrize("content", SAVED.values(), ids=list(SAVED))
def test_a_text_is_read_in_the_encoding_that_its_mark_says(content: bytes) -> None:
    assert text_of(content) == TEXT


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"one\ntwo\nthr\xe9e\n", 3),
        ("a\nb".encode("utf-16-le"), 1),
        (codecs.BOM_UTF16_LE + "a\n".encode("utf-16-le") + b"\x00", 2),
        (b"\x89PNG\r\n\x1a\n", 1),
    ],
)
def test_what_is_no_text_is_told_with_its_line_and_what_to_do(content: bytes, line: int) -> None:
    with pytest.raises(NotText, match="save the file as UTF-8") as refusal:
        text_of(content)
    assert refusal.value.line == line


async def read_fleet(path: Path) -> int:
    configs: list[NodeConfig] = []

    async def apply(read: Sequence[NodeConfig]) -> None:
        configs.extend(read)

    await Fleet(path, [], node_kinds(), apply).load()
    return len(configs)


GRAPH = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "é.png"}},
    "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}},
}
JOB = {"kind": "workflow", "payload": {"tasks": [], "note": "é"}}


def read_each(kind: str, path: Path) -> object:
    match kind:
        case "gpus.yaml":
            return asyncio.run(read_fleet(path))
        case "flows.yaml":
            return sorted(read_flows(path))
        case "template":
            [layer] = WorkflowFolders([path.parents[1]]).read()
            if layer.unreadable:
                raise InvalidDocument([])
            return json.loads(layer.files["workflows/x.json"])
        case "export":
            into = path.parents[1] / "own"
            export = Export(name="x", content=path.read_bytes(), file="x.json")
            return import_workflow([shipped_folder("templates"), into], into, export, overwrite=True).entry
        case _:
            return read_job_file(str(path)).body


CONTENTS = {
    "gpus.yaml": FLEET,
    "flows.yaml": (shipped_folder("config") / "flows.yaml").read_text(encoding="utf-8"),
    "template": json.dumps(GRAPH, ensure_ascii=False),
    "export": json.dumps(GRAPH, ensure_ascii=False),
    "job": json.dumps(JOB, ensure_ascii=False),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_each_file_that_people_edit_may_be_utf_16(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "workflows" / "x.json"
    path.parent.mkdir()
    path.write_text(CONTENTS[kind], encoding="utf-8")
    wanted = read_each(kind, path)
    for encoding in ("utf-8-sig", "utf-16"):
        path.write_text(CONTENTS[kind], encoding=encoding)
        assert read_each(kind, path) == wanted


def test_serve_says_what_to_do_with_such_a_fleet_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "gpus.yaml"
    path.write_bytes(FLEET.encode("utf-16-le"))
    with pytest.raises(typer.Exit):
        _check_fleet_file(Settings.model_validate({"config": path}))
    assert "is not text in UTF-8: save the file as UTF-8" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("kind", CONTENTS)
def test_none_of_them_is_read_as_something_else(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "workflows" / "x.json"
    path.parent.mkdir()
    path.write_bytes(CONTENTS[kind].encode("utf-16-le"))
    with pytest.raises(HubError):
        read_each(kind, path)
