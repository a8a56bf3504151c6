"""Everything that can go wrong, as one tree.

HubError                    has a stable ``code`` for machines and a sentence for people
├── InvalidRequest          the caller can mend it; ``problems`` names each field
├── NotFound                no such thing
├── Conflict                the thing is in a state that forbids the move
│   ├── CapReached          it would cost more than may be spent
│   └── ChangedMeanwhile    somebody changed it after the caller read it
├── NoCapableNode           no configured node could ever do this; ``reasons`` per node
├── InvalidDocument         a YAML or JSON file is wrong; has file and line
├── StorageUnavailable      the database or the disk refuses
│   └── LeadershipLost      another hub leads: this one may not write any more
└── NodeError               a node did not do what was asked
    ├── NodeUnreachable     the request provably never arrived
    │   └── NodeAway        there is no machine at present, as is intended
    ├── NodeUnclear         it may have arrived: look before sending again
    ├── NodeMisbehaved      the answer breaks the protocol or a cap
    │   ├── OutputRefused   a picture that is whole, but none that the hub takes
    │   ├── OutputGone      the file of a finished picture is not there any more
    │   └── ForeignOutput   a whole picture, but of another prompt
    └── PromptRejected      the node's own validation said no; ``message`` is its word
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import ModelFile
from vibes.domain.reason import Reason


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a request: where it is (dotted field path) and what to do about it."""

    field: str
    message: str
    pointer: str | None = None
    """The same place as a JSON Pointer into the body (RFC 6901), where known."""


class HubError(Exception):
    """Root of the tree. ``code`` is stable across releases and may be relied on by scripts."""

    code = "hub_error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class InvalidRequest(HubError):
    code = "invalid_request"

    def __init__(self, message: str, *, code: str | None = None, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message, code=code)
        self.problems = tuple(problems)


class NotFound(HubError):
    code = "not_found"


class Conflict(HubError):
    code = "conflict"


class CapReached(Conflict):
    code = "cap_reached"


class ChangedMeanwhile(Conflict):
    code = "changed_meanwhile"


class NoCapableNode(HubError):
    """No configured node could ever do this work; waiting would not help."""

    code = "no_capable_node"

    def __init__(self, message: str, reasons: Mapping[NodeId, Reason]) -> None:
        super().__init__(message)
        self.reasons = dict(reasons)


@dataclass(frozen=True, slots=True)
class DocumentProblem:
    """A mistake in a YAML or JSON file; line and column count from 1, 0 means the whole file."""

    file: str
    line: int
    column: int
    message: str

    @property
    def place(self) -> str:
        """``file:line:column``, which editors and terminals can follow."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class InvalidDocument(HubError):
    code = "invalid_document"

    def __init__(self, problems: Sequence[DocumentProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class StorageUnavailable(HubError):
    code = "storage_unavailable"


class LeadershipLost(StorageUnavailable):
    code = "leadership_lost"


class NodeError(HubError):
    code = "node_error"


NODE_MISCONFIGURED = "node_misconfigured"
"""Code of a NodeError: nothing works there until a person mends a key, a permission or a setting."""


class NodeUnreachable(NodeError):
    code = "node_unreachable"


NODE_BROKE = "node_broke"
"""Code of a NodeUnclear: the node itself failed on the request with a 500, not something before it."""


class NodeAway(NodeUnreachable):
    """There is no machine to ask at present, and that is no fault of anything; ``reason`` says why."""

    code = "node_away"

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.sentence)
        self.reason = reason


class NodeUnclear(NodeError):
    code = "node_unclear"


class NodeMisbehaved(NodeError):
    code = "node_misbehaved"


ENDLESS_OUTPUT = "endless_output"
"""Code of an OutputRefused: the output exceeds the limit of bytes. The graph may want that, or the node may be
broken."""


OTHER_TYPE = "other_type"
"""Code of an OutputRefused: the file is of a type that the hub does not keep."""


class OutputRefused(NodeMisbehaved):
    code = "output_refused"


class OutputGone(NodeMisbehaved):
    code = "output_gone"


class ForeignOutput(NodeMisbehaved):
    code = "foreign_output"


class PromptRejected(NodeError):
    """``not_there``: model files that the node lacks, whatever it told before, by the names of its inventory."""

    code = "prompt_rejected"

    def __init__(self, message: str, *, code: str | None = None, not_there: Sequence[ModelFile] = ()) -> None:
        super().__init__(message, code=code)
        self.not_there = tuple(not_there)


def internal_error(error: BaseException) -> str:
    """What people are told about an internal fault; the traceback is in the log."""
    return f"internal error: {error!r}; the hub's log has the details"


NOT_LISTED = "not_listed"
"""Code of a PromptRejected: the node's files, choices or graph-node classes are not those of its last inventory."""
INPUT_GONE = "input_gone"
"""Code of a PromptRejected: an uploaded picture is no longer on the node."""
