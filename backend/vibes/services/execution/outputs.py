"""What a prompt saved on its node: which of it the generation keeps, fetched and found whole, and its own."""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace

from vibes.domain.attempt import Wire
from vibes.domain.errors import OTHER_TYPE, NodeMisbehaved, OutputRefused
from vibes.domain.generation import MAX_IMAGES
from vibes.domain.nodes.outcome import OutputFile
from vibes.domain.pictures.media_type import media_type_of, other_suffix
from vibes.ports.nodes import GeneratorNode
from vibes.services.media.examination import not_kept
from vibes.services.media.image_store import NewImage

logger = logging.getLogger(__name__)

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
    examine: Callable[[bytes], Awaitable[NewImage]],
) -> list[NewImage]:
    """One after the other, as the node has them. ``sent``: what they must come of; None: not known.

    Files of types that the hub does not keep are left out where there are others. Raises NodeError, also what
    ``examine`` raises of them; ForeignOutput when one is of another order, OutputRefused when they are too much
    altogether, or when none can be kept.
    """
    files: list[NewImage] = []
    left_out: list[OutputRefused] = []
    total = 0
    for output in outputs:
        content = await node.fetch(output, sent)
        total += len(content)
        if total > MAX_TOTAL_BYTES:
            megabytes = MAX_TOTAL_BYTES // 2**20
            raise OutputRefused(f"the files that the workflow saves are larger than {megabytes} MiB altogether")
        try:
            files.append(replace(await _examined(output, content, examine), graph_node=output.graph_node_id))
        except OutputRefused as error:
            if error.code != OTHER_TYPE:
                raise
            left_out.append(error)
    if not files:
        raise left_out[0]
    for refused in left_out:
        logger.warning("a file is left out beside others: %s", refused.message)
    return files


async def _examined(output: OutputFile, content: bytes, examine: Callable[[bytes], Awaitable[NewImage]]) -> NewImage:
    """Raises like ``examine``. What its bytes do not tell its name may: else a workflow that saves texts or drawings
    would be taken for a node that sends rubbish, and the node would be spared."""
    try:
        return await examine(content)
    except OutputRefused:
        raise
    except NodeMisbehaved as error:
        other = other_suffix(output.filename)
        if content and other is not None and media_type_of(content) is None:
            raise not_kept(other) from error
        raise
