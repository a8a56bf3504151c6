"""An import writes two files or nothing, and only what the hub will read without a complaint."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.unit.import_exports import sampled, with_inputs
from tests.unit.workflow_sources import ROOT
from vibes.domain.errors import Conflict, HubError, InvalidDocument, InvalidRequest, StorageUnavailable
from vibes.services.library.catalog import WorkflowCatalog
from vibes.services.library.folders import MAX_FILE_BYTES, WorkflowFolders
from vibes.services.library.imports import Export, WorkflowImporter, check_name_is_free, import_workflow
from vibes.workflows.definition.template import Template, parse_template
from vibes.workflows.library import layers
from vibes.workflows.library.glance import families_in
from vibes.workflows.library.layers import Layer, read_layers
from vibes.workflows.library.library import library_of

SHIPPED = ROOT / "templates"
TEXT = (json.dumps(sampled(), indent=3).replace("\n", "\r\n") + "\r\n").encode()


def export(name: str = "mine", content: bytes = TEXT, **given: Any) -> Export:
    return Export(name=name, content=content, file="My Export.json", **given)


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own"


def refusal(own: Path, wanted: Export, *, overwrite: bool = False) -> HubError:
    before = files_in(own)
    with pytest.raises(HubError) as caught:
        import_workflow([SHIPPED], own, wanted, overwrite=overwrite)
    assert files_in(own) == before, "nothing changed"
    return caught.value


def test_the_export_is_kept_byte_for_byte_beside_a_manifest_that_the_hub_reads(own: Path) -> None:
    draft = import_workflow([SHIPPED], own, export(family="sd15"))

    assert set(files_in(own)) == {"workflows/mine.json", "manifests/mine.yaml"}
    assert files_in(own)["workflows/mine.json"] == TEXT
    assert files_in(own)["manifests/mine.yaml"].decode() == draft.manifest()
    reading = read_layers(WorkflowFolders([SHIPPED, own]).read())
    assert reading.problems == []
    assert reading.workflows["mine"].families == {"sd15"}
    assert reading.workflows["mine"].description == "Imported from ComfyUI (My Export.json)"


def test_a_file_with_a_byte_order_mark_is_imported(own: Path) -> None:
    import_workflow([SHIPPED], own, export(content=b"\xef\xbb\xbf" + TEXT))
    assert read_layers(WorkflowFolders([SHIPPED, own]).read()).problems == []


def test_nothing_is_overwritten_unless_asked_for(own: Path) -> None:
    import_workflow([SHIPPED], own, export())
    error = refusal(own, export())
    assert isinstance(error, Conflict)
    assert (error.code, error.message) == (
        "workflow_exists",
        f"{own}/workflows/mine.json is already there: choose another name",
    )
    import_workflow([SHIPPED], own, export(family="sd15"), overwrite=True)
    assert b"families: [sd15]" in files_in(own)["manifests/mine.yaml"]


def test_a_shipped_name_is_covered_only_when_asked_for(own: Path) -> None:
    assert "sdxl.yaml already has a workflow sdxl_txt2img" in refusal(own, export("sdxl_txt2img")).message
    import_workflow([SHIPPED], own, export("sdxl_txt2img"), overwrite=True)
    reading = read_layers(WorkflowFolders([SHIPPED, own]).read())
    assert reading.origins["sdxl_txt2img"].layer == 1


def test_a_name_that_another_manifest_of_the_folder_or_of_one_above_defines_is_refused_even_then(
    own: Path, tmp_path: Path
) -> None:
    import_workflow([SHIPPED], own, export())
    (own / "manifests" / "mine.yaml").rename(own / "manifests" / "all.yaml")
    error = refusal(own, export(), overwrite=True)
    assert error.message == f"{own}/manifests/all.yaml already has a workflow mine: remove it there first"

    above, below = tmp_path / "above", tmp_path / "below"
    import_workflow([SHIPPED, below, above], above, export())
    with pytest.raises(Conflict, match=r"above/manifests/mine\.yaml already has a workflow mine"):
        import_workflow([SHIPPED, below, above], below, export(), overwrite=True)


def test_a_manifest_that_holds_other_workflows_too_is_never_replaced(own: Path) -> None:
    import_workflow([SHIPPED], own, export())
    with (own / "manifests" / "mine.yaml").open("a") as manifest:
        manifest.write("other: {file: mine.json, max_loras: many}\n")
    error = refusal(own, export(), overwrite=True)
    assert error.message == f"{own}/manifests/mine.yaml holds other too: choose another name"


def test_a_folder_whose_parameters_are_broken_takes_no_import(own: Path) -> None:
    (own / "manifests").mkdir(parents=True)
    (own / "manifests" / "base.yaml").write_text("steps: {type")
    error = refusal(own, export())
    assert isinstance(error, InvalidDocument)
    assert "base.yaml:1:" in error.message


@pytest.mark.parametrize("name", ["", "My", "../x", "a/b", "a.b", "-a", "_a", "ä", "a" * 65, "a\n", "con ", "base"])
def test_a_name_that_could_be_a_path_or_is_hard_to_type_is_refused(own: Path, name: str) -> None:
    error = refusal(own, export(name))
    assert isinstance(error, InvalidRequest)
    assert [problem.field for problem in error.problems] == ["name"]


def test_a_family_must_be_a_word(own: Path) -> None:
    error = refusal(own, export(family="SD XL"))
    assert isinstance(error, InvalidRequest)
    assert [problem.field for problem in error.problems] == ["family"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b'{"nodes": [], "links": []}',
            "nothing in the workflow runs: all its graph nodes are notes, muted or bypassed",
        ),
        (b'{\n "1": {"class_type": "A"}\n}', "My Export.json:2:7: graph node '1' needs an object named inputs"),
        (b'{\n"\xe9"', "My Export.json:2:1: is not text in UTF-8: save the file as UTF-8"),
        ('{"3": {}}'.encode("utf-16-le"), "My Export.json:1:1: is not text in UTF-8: save the file as UTF-8"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\xf0", "My Export.json holds no workflow that can be read: take the JSON"),
        (b'{"1": {"class_type": "A", "inputs": {}}}', "nothing in the graph saves a picture"),
        (json.dumps(sampled(n77={"class_type": "{{x}}", "inputs": {}})).encode(), "never in class_type"),
    ],
)
def test_what_cannot_be_imported_is_told_with_its_place(own: Path, content: bytes, message: str) -> None:
    error = refusal(own, export(content=content))
    assert isinstance(error, InvalidDocument | InvalidRequest)
    assert re.search(message, error.message)


@pytest.mark.parametrize("letter", ["a", "\N{PILE OF POO}"], ids=["the export", "its manifest"])
def test_what_the_hub_would_not_read_for_its_size_is_not_written(own: Path, letter: str) -> None:
    graph = with_inputs(sampled(), "6", text=letter * (MAX_FILE_BYTES // len(letter.encode())))
    error = refusal(own, export(content=json.dumps(graph, ensure_ascii=letter == "a").encode()))
    assert (error.code, error.message[:35]) == ("graph_too_large", "the workflow is larger than 4 MiB: ")


def test_a_name_is_found_taken_as_an_import_would_find_it(own: Path) -> None:
    check_name_is_free([SHIPPED], own, "mine")
    import_workflow([SHIPPED], own, export())
    with pytest.raises(Conflict, match=r"mine\.json is already there"):
        check_name_is_free([SHIPPED], own, "mine")
    check_name_is_free([SHIPPED], own, "mine", overwrite=True)
    with pytest.raises(Conflict, match="already has a workflow sd15_txt2img"):
        check_name_is_free([SHIPPED], own, "sd15_txt2img")


def test_a_draft_that_the_hub_would_complain_about_is_not_written(own: Path) -> None:
    graph = sampled()
    graph["6"]["inputs"]["text"] = "{{lora}}"  # the name of LoRAs, which no parameter may have
    error = refusal(own, export(content=json.dumps(graph).encode()))
    assert isinstance(error, InvalidDocument)
    assert "'lora' is not among the parameters" in error.message


def test_a_folder_that_cannot_be_written_is_named_and_left_alone(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("in the way")
    with pytest.raises(StorageUnavailable, match=r"cannot write into .*file: .*; nothing was imported"):
        import_workflow([SHIPPED], occupied, export())
    assert occupied.read_text() == "in the way"


@pytest.mark.parametrize("again", [False, True])
def test_a_manifest_that_cannot_be_put_in_its_place_takes_the_template_back(own: Path, again: bool) -> None:
    if again:
        import_workflow([SHIPPED], own, export())
        (own / "manifests" / "mine.yaml").unlink()
    (own / "manifests" / "mine.yaml" / "x").mkdir(parents=True)
    error = refusal(own, export(content=TEXT.replace(b"a cat", b"a dog")), overwrite=True)
    assert isinstance(error, StorageUnavailable)


async def test_an_import_by_hand_is_in_force_like_any_edit(tmp_path: Path) -> None:
    catalog = WorkflowCatalog([SHIPPED, tmp_path])
    await catalog.load()
    import_workflow([SHIPPED, tmp_path], tmp_path, export())
    await catalog.reload()
    assert "mine" in catalog.library.workflows


def test_a_file_that_cannot_be_read_is_replaced_when_asked_for(own: Path) -> None:
    import_workflow([SHIPPED], own, export())
    (own / "manifests" / "mine.yaml").write_bytes(b"\xff")
    assert refusal(own, export()).code == "workflow_exists"
    import_workflow([SHIPPED], own, export(), overwrite=True)
    assert read_layers(WorkflowFolders([SHIPPED, own]).read()).problems == []


def test_an_import_reads_nothing_of_the_workflows_beside_it(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_workflow([SHIPPED], own, export("first"))
    read: list[str] = []

    def noted(text: str, file: str) -> Template:
        read.append(Path(file).name)
        return parse_template(text, file)

    monkeypatch.setattr(layers, "parse_template", noted)
    for name in ("boat_7", "pond_9"):
        read.clear()
        import_workflow([SHIPPED], own, export(name))
        assert {*read} == {f"{name}.json"}


@pytest.mark.parametrize("key", ['"mine":', r'"m\u0069ne":'])
def test_a_workflow_of_that_name_is_found_in_whatever_file_it_stands(own: Path, key: str) -> None:
    import_workflow([SHIPPED], own, export("first"))
    manifest = own / "manifests" / "first.yaml"
    manifest.write_text(manifest.read_text().replace("first:", key))
    assert "already has a workflow mine" in str(refusal(own, export("mine")))


async def test_an_import_of_a_running_hub_is_in_force_and_the_rest_stays(tmp_path: Path) -> None:
    own = tmp_path
    catalog = WorkflowCatalog([SHIPPED, own])
    await catalog.load()
    before = dict(catalog.library.workflows)
    draft = await WorkflowImporter(catalog, [SHIPPED, own], own).run(export("mine"))
    assert catalog.library.get("mine").template == draft_graph()
    assert {**catalog.library.workflows} == {**before, "mine": catalog.library.get("mine")}
    assert draft.name == "mine"
    alone = WorkflowCatalog([SHIPPED, own])
    await alone.load()
    assert alone.library.get("mine") == catalog.library.get("mine")
    assert alone.library.origins["mine"] == catalog.library.origins["mine"]


def draft_graph() -> Any:
    return json.loads(TEXT)


def test_families_are_told_by_the_texts_of_manifests() -> None:
    read = WorkflowFolders([SHIPPED]).read()
    assert families_in(read) == set(library_of(read_layers(read)).families())
    block = Layer("own", {"manifests/x.yaml": "mine:\n  families:\n    - sdxl\n    - my-own\n  file: x.json\n"})
    assert families_in([block]) == {"sdxl", "my-own"}
