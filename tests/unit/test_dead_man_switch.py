"""The script that every rented instance starts with destroys it when the hub has been silent; run by a real shell."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from vibes.generators.vastai.config import VastConfig
from vibes.generators.vastai.launch import HEARTBEAT, launch, onstart

CONFIG = VastConfig.model_validate(
    {"image": "vastai/comfy:v1", "max_price": 0.5, "boot_minutes": 2, "dead_man_minutes": 3, "lifetime_minutes": 60}
)
URL = "https://console.vast.ai"
STUBS = {
    "entrypoint.sh": 'echo started >"$FOLDER/started"',
    # a machine whose time flies: each nap of the script takes its seconds at once, and the world ends after a while
    "sleep": 'echo $(($(cat "$FOLDER/clock") + $1)) >"$FOLDER/clock"; [ "$(cat "$FOLDER/clock")" -lt "$END" ]',
    "date": 'cat "$FOLDER/clock"',
    "curl": 'echo "$(cat "$FOLDER/clock") $*" >>"$FOLDER/asked"',
}


def destroyed_after(folder: Path, end: int, *, beat: int | None = None, seconds: float = 3600) -> list[str]:
    """What the script asks for within ``end`` seconds. ``beat``: when the hub left its last heartbeat."""
    begin = int(time.time())
    tools = folder / "bin"
    tools.mkdir()
    for name, text in STUBS.items():
        (tools / name).write_text(f"#!/bin/sh\n{text}\n", encoding="ascii")
        (tools / name).chmod(0o755)
    (folder / "clock").write_text(f"{begin}\n", encoding="ascii")
    if beat is not None:
        heart = folder / "ComfyUI" / "input" / "vibes" / HEARTBEAT
        heart.parent.mkdir(parents=True)
        heart.touch()
        os.utime(heart, (begin + beat, begin + beat))
    script = onstart(CONFIG, URL, seconds) + "wait\n"
    own = {"FOLDER": str(folder), "WORKSPACE": str(folder), "CONTAINER_API_KEY": "own", "CONTAINER_ID": "501"}
    path = f"{tools}:{os.environ['PATH']}"
    environment = {**own, "PATH": path, "END": str(begin + end)}
    subprocess.run(["/bin/sh", "-c", script], env=environment, check=True, timeout=60)  # noqa: S603 - our own script
    assert (folder / "started").exists(), "the image's own start goes on"
    asked = folder / "asked"
    lines = asked.read_text(encoding="ascii").splitlines() if asked.exists() else []
    return [f"{int(line.split()[0]) - begin} {line.split(maxsplit=1)[1]}" for line in lines]


def test_never_heard_of_the_hub_it_waits_for_the_boot_and_the_silence(tmp_path: Path) -> None:
    first, *_ = destroyed_after(tmp_path, 400)
    assert first == (
        "300 -sS -m 30 -X DELETE -H Authorization: Bearer own -H Content-Type: application/json -d {} "
        f"{URL}/api/v0/instances/501/"
    )


@pytest.mark.parametrize(("beat", "end", "destroyed"), [(100, 270, False), (100, 300, True), (500, 600, False)])
def test_the_silence_counts_from_the_last_heartbeat(tmp_path: Path, beat: int, end: int, destroyed: bool) -> None:
    assert bool(destroyed_after(tmp_path, end, beat=beat)) is destroyed


def test_its_end_comes_whatever_the_hub_says(tmp_path: Path) -> None:
    assert destroyed_after(tmp_path, 200, beat=150, seconds=120)


def test_what_is_sent_with_an_order_is_short_enough_and_holds_no_key_of_the_account() -> None:
    body = launch(CONFIG, label="vibes-1", password="bearer", url=URL, seconds=3600)  # noqa: S106 - a test's own
    assert len(body["onstart"]) <= 4096
    assert len(body["label"]) <= 256
    assert body["env"]["WEB_PASSWORD"] == "bearer"  # noqa: S105 - a test's own
    assert body["env"]["ENABLE_HTTPS"] == "true"
    assert body["disk"] >= 8
