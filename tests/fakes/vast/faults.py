"""What can be wrong with the provider, told before it happens."""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum


class AtCreate(Enum):
    """What becomes of one order."""

    RENTED = "rented"
    CUT_AFTER = "it is rented, and the line is cut before the answer"
    CUT_BEFORE = "the line is cut before the order is read"
    RENTED_LATE = "the line is cut, and some seconds later it is rented"
    PAGE = "a proxy answers with a page, and it is rented"
    TAKEN = "somebody else has it"
    UNAVAILABLE = "it is not to be had any more"
    TOO_OFTEN = "429 as JSON"
    TOO_OFTEN_TEXT = "429 as plain text"
    NO_CREDIT = "the account cannot pay"
    WRONG = "an argument is wrong"


LATE_SECONDS = 8.0


@dataclass(slots=True, kw_only=True)
class Faults:
    at_create: deque[AtCreate] = field(default_factory=deque)
    """For the next orders, one each."""
    deletes_failing: int = 0
    """So many of the next requests to destroy something are answered by 500."""
    lists_failing: int = 0
    """So many of the next lists are answered by the page of a proxy."""
    quota_exceeded: bool = False
    """The daily number of searches is used up."""
