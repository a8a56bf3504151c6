"""A language model server of this machine: Ollama's dialect and the OpenAI-compatible one, moved by one script."""

from tests.fakes.llm.brain import Brain, Model, Turn, valid_for
from tests.fakes.llm.server import FakeLlm

__all__ = ["Brain", "FakeLlm", "Model", "Turn", "valid_for"]
