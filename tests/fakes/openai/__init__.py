"""OpenAI's image routes, and those of servers that speak like it, as a server of this machine."""

from tests.fakes.openai.faults import Answer, Course
from tests.fakes.openai.server import KEY, FakeOpenAI

__all__ = ["KEY", "Answer", "Course", "FakeOpenAI"]
