"""Settings for a command: options over environment variables."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from vibes.commands.common.console import USAGE_ERROR, fail
from vibes.environment.settings import Settings


def load_settings(**given: object) -> Settings:
    """Settings from options and the environment; exits with a clear message on a mistake."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        fail("\n".join(_sentence(detail) for detail in error.errors(include_url=False)), code=USAGE_ERROR)


def _sentence(detail: ErrorDetails) -> str:
    if not detail["loc"]:  # it concerns several settings together, among them the key
        return str(detail["ctx"]["error"])
    if detail["loc"][0] == "api_key":  # without the key
        return f"VIBES_API_KEY {detail['msg'].removeprefix('Value error, ')}"
    return f"VIBES_{str(detail['loc'][0]).upper()}: {detail['msg']}, not {detail['input']!r}"
