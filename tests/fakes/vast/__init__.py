"""Stands in for Vast.ai: a market, instances with a life of their own, a bill by a clock of the test's choice."""

from tests.fakes.vast.cloud import FakeCloud
from tests.fakes.vast.instances import FakeInstance, Life
from tests.fakes.vast.machines import KEY, Machine

__all__ = ["KEY", "FakeCloud", "FakeInstance", "Life", "Machine"]
