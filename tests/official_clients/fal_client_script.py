"""fal's own client against the fake fal; prints what it understood as JSON. Run by `test_official_clients.py`.

Usage: python fal_client_script.py URL. It needs nothing but ``fal-client``.
"""

import json
import sys
from typing import Any

import fal_client.client as fal

KEY = "fal-id:fal-secret"
LIGHTNING = "fal-ai/fast-lightning-sdxl/image-to-image"
PIXEL = "data:image/png;base64,iVBORw0KGgo="
UPLOAD = b"\x89PNG uploaded"


def point_at(url: str) -> fal.SyncClient:
    """The client always says https; its own constants are the way around."""
    fal.QUEUE_URL_FORMAT, fal.REST_URL, fal.CDN_URL = f"{url}/", f"{url}/rest", f"{url}/cdn"
    return fal.SyncClient(key=KEY)


def error_of(handle: fal.SyncRequestHandle) -> dict[str, Any]:
    try:
        return {"answer": handle.get(interval=0.01)}
    except fal.FalClientHTTPError as error:
        return {"status": error.status_code, "type": error.error_type, "message": error.message}


def draw(client: fal.SyncClient) -> dict[str, Any]:
    given = {"prompt": "a lighthouse", "image_url": PIXEL, "num_inference_steps": "4", "image_size": "square"}
    handle = client.submit(LIGHTNING, given)
    states = [type(each).__name__ for each in handle.iter_events(with_logs=True, interval=0.01)]
    return {"states": states, "answer": handle.get(interval=0.01)}


def cancel(client: fal.SyncClient) -> dict[str, Any]:
    handle = client.submit(LIGHTNING, {"prompt": "unwanted", "image_url": PIXEL})
    handle.cancel()
    twice: dict[str, Any] = {}
    try:
        handle.cancel()
    except fal.FalClientHTTPError as error:
        twice = {"status": error.status_code, "body": error.response.json()}
    return {"after": error_of(handle), "twice": twice}


def refused_steps(client: fal.SyncClient) -> dict[str, Any]:
    return error_of(client.submit(LIGHTNING, {"prompt": "x", "image_url": PIXEL, "num_inference_steps": 4}))


def wrong_key() -> dict[str, Any]:
    try:
        fal.SyncClient(key="wrong").submit(LIGHTNING, {})
    except fal.FalClientHTTPError as error:
        return {"status": error.status_code, "message": error.message}
    return {}


def comfy(client: fal.SyncClient) -> dict[str, Any]:
    """From its name alone the client builds the addresses that the queue hands out."""
    handle = client.submit("comfy/me/portrait", {"prompt": "a face"})
    rebuilt = client.get_handle("comfy/me/portrait", handle.request_id)
    lightning = client.submit(LIGHTNING, {"prompt": "a face", "image_url": PIXEL})
    same = [
        (handle.status_url, rebuilt.status_url),
        (handle.cancel_url, rebuilt.cancel_url),
        (lightning.status_url, client.get_handle(LIGHTNING, lightning.request_id).status_url),
    ]
    return {"answer": handle.get(interval=0.01), "same_addresses": all(told == built for told, built in same)}


def main(url: str) -> None:
    client = point_at(url)
    report = {
        "draw": draw(client),
        "cancel": cancel(client),
        "steps": refused_steps(client),
        "key": wrong_key(),
        "comfy": comfy(client),
        "upload": client.upload(UPLOAD, "image/png", "mine.png"),
        "fallback": client.upload(UPLOAD, "image/png", "mine.png", repository="fal"),
    }
    print(json.dumps(report))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main(sys.argv[1])
