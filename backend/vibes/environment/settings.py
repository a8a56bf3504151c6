"""Every tunable of the hub in one frozen value; the only module that reads the environment."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from vibes.environment.broker_settings import BrokerSettings
from vibes.environment.home_folder import at_home
from vibes.environment.key_file import read_key
from vibes.environment.media_settings import MediaSettings
from vibes.environment.replica_settings import ReplicaSettings
from vibes.environment.secret_files import SecretFiles
from vibes.environment.shipped import shipped_folder
from vibes.environment.web_settings import WebSettings

DEFAULT_PORT = 8001
MIN_KEY_LENGTH = 16


class Settings(WebSettings, MediaSettings, BrokerSettings, SecretFiles, ReplicaSettings):
    """Read from ``VIBES_…`` variables; options of the command line take precedence."""

    model_config = SettingsConfigDict(env_prefix="VIBES_", frozen=True, extra="ignore", env_ignore_empty=True)

    config: Path = Field(Path("config/gpus.yaml"), description="The fleet file.")
    data: Path = Field(Path("data"), description="Folder for the database and the images.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        DEFAULT_PORT, description="Port to listen on; 0 = any free one."
    )
    provider_keys: Path | None = Field(
        None, description="A file with providers' keys, a NAME=value a line; default: .env beside the fleet file."
    )
    database_url: str | None = Field(
        None, repr=False, description="postgresql://USER:PASSWORD@HOST/NAME; default: vibes.db in the data folder."
    )
    templates: Path | None = Field(None, description="Workflow templates; default: those that come with the hub.")
    workflows: Annotated[tuple[Path, ...], NoDecode] = Field(
        (), description=f"Folders of your own workflows, separated by {os.pathsep!r}; the last one wins."
    )

    api_key: SecretStr | None = Field(None, description="Required for every request when set.")
    api_key_file: Path | None = Field(None, description="A file with nothing but the key; comes before the key itself.")
    insecure_no_auth: bool = Field(False, description="Listen on another address than loopback without a key.")
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Names, beside localhost and IP addresses, under which the hub may be called."
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Web origins, beside the hub's own, that may use the API from a browser."
    )

    max_connections: Annotated[int, Field(ge=16)] | None = Field(
        None, description="Open at once; default: by how many files the system lets the hub open, up to 4,096."
    )
    max_connections_per_address: Annotated[int, Field(ge=1)] = Field(
        256, description="Of one address but this machine's own and those of proxies."
    )

    health_interval: Annotated[float, Field(gt=0)] = Field(10.0, description="Seconds between two checks of a node.")
    recheck_interval: Annotated[float, Field(gt=0)] = Field(1.0, description="Seconds to the next check after a miss.")
    reconcile_interval: Annotated[float, Field(gt=0)] = Field(
        5.0, description="Seconds between two looks at a running prompt when its node is silent."
    )
    answer_timeout: Annotated[float, Field(gt=0)] = Field(
        30.0, description="Seconds that a node may take to answer a question; a third of it for a check."
    )
    adoption_grace: Annotated[float, Field(ge=0)] = Field(
        60.0, description="Seconds that a prompt from before a restart waits for its node."
    )
    wedged_after: Annotated[float, Field(gt=0)] = Field(
        5.0, description="Seconds that prompts may wait on a node where none runs, until it counts as wedged."
    )
    silent_limit: Annotated[float, Field(gt=0)] = Field(
        120.0, description="Seconds at least that a prompt may run without a sign of life."
    )
    breaker_pause: Annotated[float, Field(gt=0)] = Field(
        10.0, description="Seconds without work for a node that failed 3 times in a row; doubled up to 30 times that."
    )
    tier_overflow_threshold: Annotated[int, Field(ge=1)] = Field(
        3, description="Prompts on a node of the preferred tier from which on the next tier is taken."
    )
    max_batch_count: Annotated[int, Field(ge=1)] = Field(1000, description="Largest count of one submission.")
    warm_up: bool = Field(True, description="Whether the next stage's checkpoint is loaded while a person is choosing.")
    warm_up_after: Annotated[float, Field(ge=0)] = Field(
        5.0, description="Seconds without new work after a batch until that is done."
    )
    event_heartbeat: Annotated[float, Field(gt=0)] = Field(
        15.0, description="Seconds after which a quiet event stream of a job says that it is still there."
    )
    rental_url: str | None = Field(None, description="Another server than Vast.ai's own to rent machines from.")
    rental_pace: Annotated[float, Field(gt=0, le=1)] = Field(
        1.0, description="Factor on the waits between requests to it; below 1 only for a server of your own."
    )
    flows: Path | None = Field(None, description="Your own flows.yaml; default: the one that comes with the hub.")
    llm: Path | None = Field(
        None,
        description="Servers of language models; default: llm.yaml beside the fleet file, none where it is missing.",
    )
    discard_unselected: bool = Field(True, description="Whether an advance deletes the pictures not selected.")
    undo_window_hours: Annotated[float, Field(ge=0)] = Field(
        24.0, description="Hours until they, and deleted sessions, are gone."
    )
    sqlite_synchronous: str = Field("FULL", pattern="^(FULL|NORMAL)$", description="SQLite's durability level.")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    @model_validator(mode="before")
    @classmethod
    def _key_out_of_its_file(cls, given: dict[str, object]) -> dict[str, object]:
        file = given.get("api_key_file")
        return {**given, "api_key": read_key(at_home(Path(str(file))))} if file else given

    @field_validator("api_key")
    @classmethod
    def _that_can_be_sent(cls, key: SecretStr | None) -> SecretStr | None:
        text = key.get_secret_value() if key else ""
        if not (text.isascii() and text.isprintable()) or text != text.strip():
            raise ValueError("must be plain ASCII without a blank at either end: no header can carry another key")
        return key

    @field_validator("workflows", mode="before")
    @classmethod
    def _split_folders(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(Path(folder) for folder in value.split(os.pathsep) if folder.strip())

    @field_validator("workflows")
    @classmethod
    def _folders_at_home(cls, folders: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(map(at_home, folders))

    @field_validator("config", "data", "templates", "flows", "llm")
    @classmethod
    def _path_at_home(cls, path: Path | None) -> Path | None:
        return path and at_home(path)

    @property
    def own_workflows(self) -> Path:
        """Where imported workflows go: the first folder given, else one in the data folder."""
        return self.workflows[0] if self.workflows else self.data / "workflows"

    @property
    def workflow_folders(self) -> tuple[Path, ...]:
        """All folders, the shipped one first; later ones take precedence."""
        return (self.templates or shipped_folder("templates"), self.data / "workflows", *self.workflows)

    @field_validator("allowed_hosts", "allowed_origins", mode="before")
    @classmethod
    def _separated_by_commas(cls, value: object) -> object:
        """As a variable: ``VIBES_ALLOWED_HOSTS=studio.local,mybox``."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @property
    def env_files(self) -> tuple[Path, ...]:
        """Where the keys of providers may stand."""
        return (self.provider_keys or self.config.parent / ".env",)

    @property
    def flows_file(self) -> Path:
        return self.flows or shipped_folder("config") / "flows.yaml"

    @property
    def llm_file(self) -> Path:
        return self.llm or self.config.parent / "llm.yaml"

    @property
    def undo_window(self) -> timedelta:
        return timedelta(hours=self.undo_window_hours)

    @property
    def shares_database(self) -> bool:
        """Several hubs may use it: it is a server's, and no file of this one's."""
        return self.database_url is not None and self.database_url.startswith("postgres")

    @property
    def storage_url(self) -> str:
        """Quoted, since a folder's name may hold ``?`` or ``%``."""
        return self.database_url or f"sqlite:///{quote((self.data / 'vibes.db').resolve().as_posix(), safe='/:')}"
