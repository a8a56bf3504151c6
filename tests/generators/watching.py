"""Somebody who watches how a local generator draws."""

import asyncio
from collections.abc import Mapping
from typing import Any


class Watcher:
    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []
        self.previews: list[bytes] = []
        self.details: dict[str, Any] = {}
        self.began = asyncio.Event()

    def progress(self, step: int, steps: int) -> None:
        self.steps.append((step, steps))
        self.began.set()

    def preview(self, image: bytes, media_type: str) -> None:
        assert media_type == "image/jpeg"
        self.previews.append(image)

    def result(self, details: Mapping[str, Any]) -> None:
        self.details |= details
