"""What a prompt saved on its node: which of it the generation keeps, fetched and found whole, and its own."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace

from vibes.domain.errors import OutputRefused
from vibes.domain.generation import MAX_IMAGES
from vibes.domain.graph import Graph
from vibes.domain.outcome import OutputFile
from vibes.ports.nodes import GeneratorNode
from vibes.services.media.examination import Examined
from vibes.services.media.image_origin import own

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
    sent: Graph | None,
    examine: Callable[[bytes], Awaitable[Examined]],
) -> list[Examined]:
    """One after the other, as the node has them. ``sent``: the graph that they must be of, None where it is not known.

    Raises NodeError, also what ``examine`` raises of them; ForeignOutput when one is of another graph, OutputRefused
    when they are too much altogether.
    """
    files: list[Examined] = []
    total = 0
    for output in outputs:
        content = await node.fetch(output)
        total += len(content)
        if total > MAX_TOTAL_BYTES:
            megabytes = MAX_TOTAL_BYTES // 2**20
            raise OutputRefused(f"the files that the workflow saves are larger than {megabytes} MiB altogether")
        if sent is not None:
            content = await asyncio.to_thread(own, content, sent)
        files.append(replace(await examine(content), graph_node=output.graph_node_id))
    return files
