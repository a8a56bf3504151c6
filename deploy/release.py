"""Builds what is published: wheel and source archive, the list of everything in them (CycloneDX), notes, checksums.

``python deploy/release.py wheel`` builds the first two into ``dist/``; ``… release`` builds all of it, and refuses what
is no release: uncommitted edits, a version without a dated section in CHANGELOG.md, two builds that differ.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from base64 import b64decode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
STUDIO = ROOT / "backend" / "vibes" / "_shipped" / "studio" / "index.html"


class NotReleasable(Exception):
    """Says what to do about it."""


def version() -> str:
    """The one place that says it; everything else asks the installed package."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project: dict[str, Any] = tomllib.load(file)["project"]
    return str(project["version"])


def notes_of(changelog: str, wanted: str) -> str:
    """What the changelog says of a version, which must bear a date."""
    sections = re.split(r"(?m)^## ", changelog)[1:]
    for section in sections:
        heading, _, text = section.partition("\n")
        name, _, when = heading.partition(" – ")
        if name == wanted and re.fullmatch(r"\d{4}-\d{2}-\d{2}", when.strip()) and text.strip():
            return text.strip() + "\n"
    raise NotReleasable(f"CHANGELOG.md has no section with a date and lines for {wanted}: ## {wanted} – YYYY-MM-DD")


def build(into: Path, *, offline: bool = False) -> Sequence[Path]:
    """Source archive and wheel, the wheel built from the archive; the same sources make the same bytes."""
    if not STUDIO.is_file():
        raise NotReleasable("the studio was not built: make setup, which needs Node.js")
    how = ["--quiet", "--no-create-gitignore", "--out-dir", str(into), *(["--offline"] if offline else [])]
    _run([uv(), "build", *how, str(ROOT)], {"SOURCE_DATE_EPOCH": epoch()})
    return sorted(into.glob("vibes_imgen-*"))


def in_studio(lock: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """What `package-lock.json` lets into the built studio. (npm's own list forgets what is a peer as well: React.)"""
    return [
        {
            "type": "library",
            "bom-ref": f"{name}@{about['version']}",
            "name": name,
            "version": about["version"],
            "purl": f"pkg:npm/{quote(name, safe='/')}@{about['version']}",
            "hashes": [{"alg": "SHA-512", "content": b64decode(about["integrity"].removeprefix("sha512-")).hex()}],
        }
        for path, about in sorted(lock["packages"].items())
        if path and not about.get("dev")
        for name in [path.rpartition("node_modules/")[2]]
    ]


def merged(hub: Mapping[str, Any], studio: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One CycloneDX document: the Python packages as uv lists them, and those of the studio. Without the moment and the
    random number of its making, so that the same locks make the same document."""
    root = hub["metadata"]["component"]
    links = [{**link} for link in hub["dependencies"]]
    for link in links:
        if link["ref"] == root["bom-ref"]:
            link["dependsOn"] = [*link.get("dependsOn", ()), *(each["bom-ref"] for each in studio)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": hub["specVersion"],
        "version": 1,
        "metadata": {"component": {**root, "type": "application"}},
        "components": [*hub["components"], *studio],
        "dependencies": links,
    }


def sbom() -> dict[str, Any]:
    """Of all extras too, out of the two lock files; asks no registry."""
    how = ["--frozen", "--no-dev", "--all-extras", "--offline", "--quiet", "--preview", "--format", "cyclonedx1.5"]
    lock = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    return merged(json.loads(_run([uv(), "export", *how])), in_studio(json.loads(lock)))


def release() -> Sequence[Path]:
    """All that is published, in ``dist/``."""
    notes = notes_of((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version())
    if _run(["git", "status", "--porcelain"]).strip():
        raise NotReleasable("commit first: a release is what a commit says")
    shutil.rmtree(DIST, ignore_errors=True)
    files = list(build(DIST))
    with tempfile.TemporaryDirectory() as again:
        for file in build(Path(again)):
            if file.read_bytes() != (DIST / file.name).read_bytes():
                raise NotReleasable(f"two builds of {file.name} differ")
    about = DIST / f"vibes_imgen-{version()}"
    files += [about.with_name(about.name + ".cdx.json"), about.with_name(about.name + ".md")]
    files[-2].write_text(json.dumps(sbom(), indent=1) + "\n", encoding="utf-8")
    files[-1].write_text(notes, encoding="utf-8")
    sums = "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
    (DIST / "SHA256SUMS").write_text(sums, encoding="utf-8")
    return [*files, DIST / "SHA256SUMS"]


def epoch() -> str:
    """Seconds since 1970 that stand in the archives for every file's time: the commit's own."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    in_checkout = (ROOT / ".git").exists()
    return given or (_run(["git", "log", "-1", "--format=%ct"]).strip() if in_checkout else "1580601600")


def uv() -> str:
    return os.environ.get("UV") or shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")


def _run(command: Sequence[str], environment: Mapping[str, str] | None = None, within: Path = ROOT) -> str:
    done = subprocess.run(  # noqa: S603 - our own commands
        command, cwd=within, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotReleasable(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def main(arguments: Sequence[str]) -> int:
    try:
        match arguments:
            case ["wheel"]:
                made = build(DIST)
            case ["release"]:
                made = release()
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except NotReleasable as error:
        print(error, file=sys.stderr)
        return 1
    print(*(file.relative_to(ROOT) for file in made), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
