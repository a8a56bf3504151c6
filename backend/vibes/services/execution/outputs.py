"""What a prompt saved on its node: which of it the generation keeps, fetched and found whole, and its own."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace

from vibes.domain.attempt import Wire
from vibes.domain.errors import OutputRefused
from vibes.domain.generation import MAX_IMAGES
from vibes.domain.nodes.outcome import OutputFile
from vibes.ports.nodes import GeneratorNode
from vibes.services.media.examination import Examined

MAX_TOTAL_BYTES = 256 * 2**20
"""Of all its images together: they are in memory until they are written, all or none."""


def kept(outputs: Sequence[OutputFile], named: Collection[str]) -> Sequence[OutputFile]:
    """Those of the graph nodes that the workflow names as its outputs, or all where none of these saved anything.

    Raises OutputRefused when they are too many.
    """
    wanted = [each for each in outputs if each.graph_node_id in named] or outputs
    if len(wanted) > MAX_IMAGES:
        raise OutputRefused(f"the workflow saves {len(wanted):,} files at once, the hub keeps at most {MAX_IMAGES}")
    return wanted


async def fetch_all(
    node: GeneratorNode,
    outputs: Sequence[OutputFile],
    sent: Wire | None,
    examine: Callable[[bytes], Awaitable[Examined]],
) -> list[Examined]:
    """One after the other, as the node has them. ``sent``: what they must come of; None: not known.

    Raises NodeError, also what ``examine`` raises of them; ForeignOutput when one is of another order, OutputRefused
    when they are too much altogether.
    """
    files: list[Examined] = []
    total = 0
    for output in outputs:
        content = await node.fetch(output, sent)
        total += len(content)
        if total > MAX_TOTAL_BYTES:
            megabytes = MAX_TOTAL_BYTES // 2**20
            raise OutputRefused(f"the files that the workflow saves are larger than {megabytes} MiB altogether")
        files.append(replace(await examine(content), graph_node=output.graph_node_id))
    return files
