"""What may be rented and for how much: the options of an entry of kind ``vast``."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_COMPARISONS = frozenset({"eq", "neq", "gt", "gte", "lt", "lte", "in", "notin"})
_OURS = frozenset({"dph_total", "disk_space", "order", "type", "limit", "allocated_storage"})
"""Parts of a search that other options decide."""

Minutes = Annotated[float, Field(gt=0, le=7 * 24 * 60)]


class VastConfig(BaseModel):
    """One entry is one card: never more than one instance is rented for it at a time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    image: str = Field(
        description="Docker image with ComfyUI behind Vast.ai's proxy, with its tag: vastai/comfy:TAG.", min_length=3
    )
    max_price: float = Field(description="The most for an hour, in dollars, disk included.", gt=0, le=1000)
    search: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="What else a machine must be, in Vast.ai's own words: {gpu_name: {in: [RTX 4090]}}.",
    )
    disk_gb: float = Field(60, description="Gigabytes of disk.", ge=8, le=10_000)
    lifetime_minutes: Minutes = Field(240, description="It is destroyed then, whatever it does.")
    idle_minutes: Minutes = Field(10, description="It is destroyed after so long without work.")
    boot_minutes: Minutes = Field(12, description="It is destroyed if its ComfyUI does not answer by then.")
    dead_man_minutes: Annotated[float, Field(ge=2, le=24 * 60)] = Field(
        10, description="It destroys itself after so long without a word from the hub."
    )
    creates_per_hour: int = Field(4, description="The most orders within an hour.", ge=1, le=60)
    credit_floor_usd: float = Field(5, description="Nothing is rented while the account has less.", ge=0)
    download_gb: float = Field(20, description="Gigabytes that a new instance downloads: image and models.", ge=0)
    provisioning_script: str | None = Field(
        None, description="URL of a script that gets models before ComfyUI starts.", pattern=r"^https?://\S+$"
    )
    environment: dict[str, str] = Field(default_factory=dict, description="Further variables of the container.")
    serves: list[str] = Field(
        default_factory=list,
        description="Checkpoints that a new instance has. With such a list nothing is rented for work with others.",
    )
    https: bool = Field(
        True, description="Whether its proxy speaks HTTPS, with a certificate that is pinned at the first contact."
    )

    @field_validator("image")
    @classmethod
    def _pinned(cls, image: str) -> str:
        name, _, tag = image.rpartition(":")
        if not name or "/" in tag or tag == "latest":
            raise ValueError("name a tag, and not 'latest': an image that changes by itself breaks what worked")
        return image

    @field_validator("search")
    @classmethod
    def _comparisons(cls, search: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        for column, compared in search.items():
            if column in _OURS:
                raise ValueError(f"{column} follows from max_price and disk_gb: leave it out")
            if unknown := sorted(compared.keys() - _COMPARISONS):
                raise ValueError(f"{column}: no comparison {unknown[0]!r}: use {', '.join(sorted(_COMPARISONS))}")
        return search

    @model_validator(mode="after")
    def _time_to_boot(self) -> Self:
        if self.boot_minutes >= self.lifetime_minutes:
            raise ValueError("lifetime_minutes must be longer than boot_minutes")
        return self

    def query(self) -> dict[str, Any]:
        """The body of a search, cheapest first."""
        return {
            "verified": {"eq": True},
            "external": {"eq": False},
            "rentable": {"eq": True},
            "rented": {"eq": False},
            "num_gpus": {"eq": 1},
            "direct_port_count": {"gte": 1},
            "reliability": {"gte": 0.98},
            **self.search,
            "dph_total": {"lte": self.max_price},
            "disk_space": {"gte": self.disk_gb},
            "order": [["dph_total", "asc"]],
            "type": "on-demand",
            "limit": 20,
            "allocated_storage": self.disk_gb,
        }
