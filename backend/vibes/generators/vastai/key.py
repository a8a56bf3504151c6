"""The key of the account, from the environment or from `.env` files: under the name that Vast.ai's own tools read."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr

from vibes.generators.config import BaseGeneratorConfig
from vibes.generators.errors import Misconfigured
from vibes.generators.hosted.config import sendable
from vibes.generators.keys import key_field, with_keys


class _AccountConfig(BaseGeneratorConfig):
    strategy: str = "vast"
    api_key: SecretStr | None = key_field("VAST_API_KEY", "Key of the account at Vast.ai.", required=False)


def account_key(env_files: Sequence[Path] = ()) -> str | None:
    """None without one. Misconfigured where an env file cannot be understood, or the key cannot be sent."""
    key = _AccountConfig.model_validate(with_keys(_AccountConfig, {"strategy": "vast"}, env_files)).api_key
    try:
        return sendable(key).get_secret_value() or None if key else None
    except ValueError as error:
        raise Misconfigured(f"VAST_API_KEY {error}") from error
