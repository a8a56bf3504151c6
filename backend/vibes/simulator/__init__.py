"""A ComfyUI-compatible server without a GPU: same routes, events and quirks, painted pictures, faults on demand.

What it reproduces is written down in docs/comfyui-protocol.md.
"""

from vibes.simulator.process import run_nodes
from vibes.simulator.server import SimulatedNode
from vibes.simulator.setup.faults import Faults, Refusal, UnknownFault
from vibes.simulator.setup.options import NodeOptions

__all__ = ["Faults", "NodeOptions", "Refusal", "SimulatedNode", "UnknownFault", "run_nodes"]
