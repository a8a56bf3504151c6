"""A script as somebody would write it against ``/generate`` and ``/tasks``: submit, poll every so often, download.

Run as ``python task_client.py HUB_URL OUTPUT_FILE``.
"""

import sys
import time
from pathlib import Path

import httpx

POLL_SECONDS = 0.2

PAYLOAD = {
    "workflow_id": "flux_wavespeed",
    "params": {
        "prompt": "a majestic lion wearing a crown, cinematic lighting",
        "model": "flux1-dev-Q4_K_S.gguf",
        "steps": 20,
        "lora": "flux-realism.safetensors",
        "lora_strength": 0.8,
    },
}


def main(url: str, output: Path) -> int:
    task_id = httpx.post(f"{url}/generate", json=PAYLOAD).json()["task_id"]
    print("submitted", task_id)  # noqa: T201 - a script talks to its terminal
    while True:
        answer = httpx.get(f"{url}/tasks/{task_id}").json()
        print(answer["status"])  # noqa: T201
        if answer["status"] == "SUCCESS":
            output.write_bytes(httpx.get(answer["result"]["download_url"]).content)
            return 0
        if answer["status"] == "FAILURE":
            print(answer["result"])  # noqa: T201
            return 1
        time.sleep(POLL_SECONDS)  # a client of the outside world has nothing else to wait for


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
