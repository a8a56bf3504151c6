"""What every generator can be told, as a pydantic model that generators extend by their own settings."""

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

_SECRET = re.compile(r"(?:^|_)(?:key|token|password|passphrase|secret|credentials?)$", re.IGNORECASE)


def is_secret(name: str) -> bool:
    """Whether a setting's name says that its value must not be shown: ``api_key`` does, ``token_prices`` does not."""
    return bool(_SECRET.search(name))


class BaseGeneratorConfig(BaseModel):
    """Settings of a generator. A setting that is not known is a mistake; a secret is never shown, neither in ``repr``
    nor in an error, whether it is a `SecretStr` or only has a telling name such as ``api_key``."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    strategy: str = Field(description="Name of the generator.")
    max_concurrent: int = Field(
        default=1, ge=1, le=64, description="Pictures that are drawn at the same time, at most."
    )
    output_prefix: str = Field(
        default="", max_length=50, description="How the names of its files begin; empty: with the strategy's name."
    )
    retries: int = Field(
        default=2, ge=0, le=10, description="How often a picture is asked for again after an error where that is safe."
    )
    retry_seconds: float = Field(
        default=1.0, ge=0, le=60, description="Seconds before it is asked for again, doubled each further time."
    )

    def __repr_args__(self) -> Any:
        """Pydantic's, with every secret as stars."""
        for name, value in super().__repr_args__():
            hidden = name is not None and is_secret(name) and value and not isinstance(value, SecretStr)
            yield name, "**********" if hidden else value


GeneratorConfigType = BaseGeneratorConfig
"""The settings of any generator: a new one needs no entry in a union, the factory knows its model by its name."""
