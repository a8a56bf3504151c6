"""Settings out of the environment."""

import pytest

from vibes.commands.given_settings import load_settings


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    # The environment is what is tested; there is no other way in.
    monkeypatch.setenv("VIBES_ALLOWED_HOSTS", "studio.local, mybox")
    monkeypatch.setenv("VIBES_ALLOWED_ORIGINS", "http://app.example")
    settings = load_settings()
    assert settings.allowed_hosts == ("studio.local", "mybox")
    assert settings.allowed_origins == ("http://app.example",)


def test_an_empty_variable_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIBES_ALLOWED_HOSTS", "")
    assert load_settings().allowed_hosts == ()
