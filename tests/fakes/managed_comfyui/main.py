"""Stands in for ComfyUI's main.py: the same flags, the same words, the same ways to die. Needs only what Python has."""

import argparse
import asyncio
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

GPU = {"name": "cuda:0 Fake", "type": "cuda", "index": 0, "vram_total": 16 * 2**30, "vram_free": 15 * 2**30}
TRAITS: dict[str, Any] = json.loads(os.environ.get("FAKE_COMFYUI", "{}"))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", nargs="?", default="127.0.0.1", const="0.0.0.0,::")
    parser.add_argument("--port", type=int, default=8188)
    for folder in ("output", "input", "temp", "user"):
        parser.add_argument(f"--{folder}-directory", type=Path, required=True)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--extra-model-paths-config", type=Path)
    parser.add_argument("--cuda-device", type=int)
    parser.add_argument("--preview-method", choices=["none", "auto", "latent2rgb", "taesd"])
    for switch in ("--disable-auto-launch", "--cpu", "--lowvram", "--log-stdout"):
        parser.add_argument(switch, action="store_true")
    return parser.parse_args()


def say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def lock(database_url: str) -> None:
    """Of the user database: two processes never share one."""
    file = os.open(f"{database_url.removeprefix('sqlite:///')}.lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit("Could not acquire lock on database")


class ComfyUI(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int) -> None:
        self.answered = 0
        self.queued: list[str] = []
        super().__init__(("127.0.0.1", port), Answers)


class Answers(BaseHTTPRequestHandler):
    server: ComfyUI

    def do_GET(self) -> None:
        self.server.answered += 1
        if self.server.answered > TRAITS.get("hangs_after", sys.maxsize):
            threading.Event().wait()
        if self.path == "/system_stats":
            self._json({"system": {"comfyui_version": "0.3.64"}, "devices": [GPU]})
        else:
            self._json({"queue_running": [], "queue_pending": [[0, each] for each in self.server.queued]})

    def do_POST(self) -> None:
        prompt = str(uuid.uuid4())
        if TRAITS.get("never_runs"):
            self.server.queued.append(prompt)
        self._json({"prompt_id": prompt, "number": 0, "node_errors": {}})
        TRAITS["dies_after"] = TRAITS.get("dies_after", sys.maxsize) - 1
        if TRAITS["dies_after"] <= 0:
            say("CUDA error: an illegal memory access was encountered")
            os._exit(1)

    def _json(self, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


async def draw(port: int) -> None:
    """As the simulated node that it then is."""
    from vibes.simulator.server import SimulatedNode
    from vibes.simulator.setup.options import NodeOptions

    async with SimulatedNode(NodeOptions(port=port, **TRAITS["draws"])):
        await asyncio.Event().wait()


def main() -> None:
    given = arguments()
    lock(given.database_url)
    if given.cuda_device is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = str(given.cuda_device)
    (given.user_directory / "environment.json").write_text(json.dumps(dict(os.environ)), encoding="utf-8")
    shutil.rmtree(given.temp_directory, ignore_errors=True)
    if TRAITS.get("deaf"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if TRAITS.get("grandchild"):
        child = subprocess.Popen(["/bin/sleep", "600"], start_new_session=TRAITS["grandchild"] == "apart")
        (given.user_directory / "grandchild").write_text(str(child.pid), encoding="ascii")
    for _ in range(TRAITS.get("floods", 0) // 64):
        sys.stderr.write(f"\r{'=' * 62}>")
    say("Total VRAM 16311 MB, total RAM 32051 MB")
    if TRAITS.get("dies_with"):
        sys.exit(TRAITS["dies_with"])
    threading.Event().wait(TRAITS.get("starts_after", 0))
    try:
        if "draws" in TRAITS:
            asyncio.run(draw(given.port))
        server = ComfyUI(given.port)
        say(f"To see the GUI go to: http://{given.listen}:{given.port}")
        server.serve_forever()
    except KeyboardInterrupt:
        say("Stopped server")
        shutil.rmtree(given.temp_directory, ignore_errors=True)


if __name__ == "__main__":
    main()
