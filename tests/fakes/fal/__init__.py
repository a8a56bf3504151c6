"""fal.ai as a server of this machine: queue, results, files, and every way in which it says no."""

from tests.fakes.fal.faults import Answer, Course
from tests.fakes.fal.server import COMFY, KEY, LIGHTNING, FakeFal

__all__ = ["COMFY", "KEY", "LIGHTNING", "Answer", "Course", "FakeFal"]
