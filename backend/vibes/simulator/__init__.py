"""A ComfyUI-compatible server without a GPU: same routes, events and quirks, painted pictures, faults on demand."""

from vibes.simulator.faults import Faults, Refusal, UnknownFault
from vibes.simulator.options import NodeOptions
from vibes.simulator.process import run_nodes
from vibes.simulator.server import SimulatedNode

__all__ = ["Faults", "NodeOptions", "Refusal", "SimulatedNode", "UnknownFault", "run_nodes"]
