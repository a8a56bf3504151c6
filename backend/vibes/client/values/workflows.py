"""Files that become workflows of a hub."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowFile:
    """What a hub is asked to import."""

    name: str
    """Of the workflow: a-z, 0-9, _ and -."""
    content: bytes
    """JSON that ComfyUI saves or exports, or a PNG, JPEG or WebP that holds it."""
    file_name: str = "workflow.json"
    family: str | None = None
    """None: told by the model files that it loads."""
    bindings: Mapping[str, str | None] = field(default_factory=dict)
    """By parameter: the input that it sets, such as ``6.text``; None: none. Others are found."""
