"""A generator that draws stripes."""

from vibes.generators.factory import Registration
from vibes_stripes.stripes_config import StripesConfig
from vibes_stripes.stripes_generator import StripesGenerator

REGISTRATION: Registration = {"config_class": StripesConfig, "generator_class": StripesGenerator}
"""Where the entry point of pyproject.toml leads."""
