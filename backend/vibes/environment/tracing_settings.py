"""Whether generations are traced, by the hub's own variables and by those of OpenTelemetry."""

from typing import Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_SERVICE = "vibes-hub"


class TracingSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="VIBES_", frozen=True, extra="ignore", env_ignore_empty=True)

    tracing: Literal["otlp", "off"] | None = Field(
        default=None,
        description="otlp: on; off: off whatever else is set; default: on where OpenTelemetry's variables say so.",
    )
    tracing_prompts: bool = Field(default=False, description="Whether traces tell prompts.")
    endpoint: str | None = Field(
        default=None, validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    )
    exporter: str | None = Field(default=None, validation_alias="OTEL_TRACES_EXPORTER")
    service: str | None = Field(default=None, validation_alias="OTEL_SERVICE_NAME")
    resource: str = Field(default="", validation_alias="OTEL_RESOURCE_ATTRIBUTES")
    disabled: bool = Field(default=False, validation_alias="OTEL_SDK_DISABLED")

    @property
    def on(self) -> bool:
        if self.tracing is not None or self.disabled:
            return self.tracing == "otlp" and not self.disabled
        return "otlp" in (self.exporter or "").split(",") if self.exporter else self.endpoint is not None

    @property
    def service_name(self) -> str | None:
        """What the hub calls itself; None where OpenTelemetry's variables say it."""
        named = self.service is not None or "service.name=" in self.resource
        return None if named else DEFAULT_SERVICE

    @property
    def demanded(self) -> bool:
        """By the hub's own variable: then what is missing for it is a mistake."""
        return self.tracing == "otlp"
