"""Settings for a command: options over environment variables."""

import os
from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from vibes.commands.common.console import USAGE_ERROR, fail
from vibes.environment.settings import Settings

_SECRET = frozenset({"api_key", "broker_url"})


def load_settings(**given: object) -> Settings:
    """Settings from options and the environment; exits with a clear message on a mistake."""
    try:
        return settings_or_mistakes(**given)
    except SettingMistakes as mistakes:
        fail("\n".join(mistakes.sentences), code=USAGE_ERROR)


class SettingMistakes(Exception):
    """Every mistake, each as a sentence that names the variable."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("; ".join(sentences))
        self.sentences = tuple(sentences)


def settings_or_mistakes(**given: object) -> Settings:
    """The same; raises SettingMistakes."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # pydantic checks them
    except SettingsError as error:
        if not isinstance(error.__cause__, OSError):
            raise
        why = f"cannot be read by uid {os.getuid()}, which this runs as: {error.__cause__.strerror}"
        fail(f"{error.__cause__.filename} {why}", code=USAGE_ERROR)
    except ValidationError as error:
        raise SettingMistakes([_sentence(detail) for detail in error.errors(include_url=False)]) from error


def _sentence(detail: ErrorDetails) -> str:
    if not detail["loc"]:  # it concerns several settings together, among them the key
        return str(detail["ctx"]["error"])
    if detail["loc"][0] in _SECRET:  # without what was given
        return f"VIBES_{str(detail['loc'][0]).upper()} {detail['msg'].removeprefix('Value error, ')}"
    return f"VIBES_{str(detail['loc'][0]).upper()}: {detail['msg']}, not {detail['input']!r}"
