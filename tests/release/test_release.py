"""What a release must have before it is published: notes with a date, and one list of everything that is in it."""

import json
import re
import tomllib

import pytest

from deploy.release import ROOT, NotReleasable, in_studio, main, merged, notes_of, sbom, uv, version
from tests.generators.packages import run

CHANGELOG = """# Changelog

## 0.3.0 – unreleased

* **Soon**: more.

## 0.2.0 – 2026-12-01

* **Wheel**: stands alone.

## 0.1.0 – 2026-11-01
"""


def test_the_notes_are_what_the_changelog_says_of_the_version() -> None:
    assert notes_of(CHANGELOG, "0.2.0") == "* **Wheel**: stands alone.\n"


@pytest.mark.parametrize("unready", ["0.3.0", "0.1.0", "0.4.0", "2.0"])
def test_a_version_without_date_or_without_notes_is_not_released(unready: str) -> None:
    with pytest.raises(NotReleasable, match=re.escape(f"## {unready} – YYYY-MM-DD")):
        notes_of(CHANGELOG, unready)


def test_the_newest_section_of_the_changelog_is_that_of_the_version() -> None:
    headings = re.findall(r"(?m)^## (\S+) – ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert headings[0] == version()


def test_all_packages_are_in_one_list_with_those_of_the_studio_and_without_the_moment_of_its_making() -> None:
    hub = {
        "specVersion": "1.5",
        "serialNumber": "urn:uuid:1",
        "metadata": {"timestamp": "now", "component": {"name": "hub", "bom-ref": "hub-1@1.0", "version": "1.0"}},
        "components": [{"name": "pillow"}],
        "dependencies": [{"ref": "hub-1@1.0", "dependsOn": ["pillow-2@13"]}],
    }
    lock = {
        "packages": {
            "": {"name": "studio"},
            "node_modules/@radix-ui/rect": {"version": "1.1", "integrity": "sha512-AQI="},
            "node_modules/a/node_modules/vite": {"version": "8.0", "integrity": "sha512-AQI=", "dev": True},
        }
    }
    listed = merged(hub, in_studio(lock))
    assert [each["name"] for each in listed["components"]] == ["pillow", "@radix-ui/rect"]
    assert listed["components"][1]["purl"] == "pkg:npm/%40radix-ui/rect@1.1"
    assert listed["components"][1]["hashes"] == [{"alg": "SHA-512", "content": "0102"}]
    assert listed["dependencies"] == [{"ref": "hub-1@1.0", "dependsOn": ["pillow-2@13", "@radix-ui/rect@1.1"]}]
    assert not {"serialNumber", "timestamp"} & {*listed, *listed["metadata"]}


def test_the_list_of_this_release_has_what_both_locks_have() -> None:
    listed = sbom()
    names = {each["name"] for each in listed["components"]}
    assert {"fastapi", "pillow", "react", "react-dom", "swagger-ui-dist"} <= names
    assert not {"pytest", "vitest"} & names, "nothing that only a developer needs"
    assert listed["metadata"]["component"]["version"] == version()
    assert json.dumps(listed) == json.dumps(sbom()), "the same locks make the same list"


def test_keys_and_servers_of_a_person_are_neither_published_nor_committed() -> None:
    """They lie beside what is published: config/.env is where the README has people put their keys."""
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    published = {path for path in targets["wheel"]["force-include"] if path.startswith("config")}
    assert {path for path in targets["sdist"]["include"] if path.startswith("config")} == published
    assert published == {"config/flows.yaml", "config/gpus.demo.yaml", "config/gpus.yaml", "config/llm.example.yaml"}
    assert all((ROOT / path).is_file() for path in published), "a folder would bring all that lies in it"
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/config/.env", "/config/llm.yaml"} <= {*ignored}


def test_what_builds_it_is_pinned() -> None:
    lock = (ROOT / "uv.lock").read_text(encoding="utf-8")
    constraints = re.findall(
        r'\{ name = "([\w-]+)", specifier = "==', lock.partition("[manifest]")[2].partition("[[")[0]
    )
    assert "hatchling" in constraints
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    pinned = re.findall(r"(?m)^UV_VERSION := (\S+)$", makefile)
    assert len(pinned) == 1
    assert "uv==$(UV_VERSION)" in makefile
    assert run([uv(), "--version"]).startswith("uv ")


def test_it_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish"]) == 2
    assert "deploy/release.py wheel" in capsys.readouterr().err
