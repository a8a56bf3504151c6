"""What ComfyUI's editor does to the text of a prompt before it sends it: comments go, and one alternative is chosen."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_PIECE = re.compile(r"\{\{\s*[A-Za-z_]\w*\s*\}\}|\\.|[{}|]|[^\\{}|]+", re.DOTALL)
"""A placeholder of the hub, a character behind a backslash, a mark, or text without any of them."""

MAX_DEPTH = 50
"""Most braces inside one another; those further inside are text."""


class PromptText(NamedTuple):
    text: str
    chosen: bool
    """Whether there were alternatives."""


@dataclass(slots=True)
class _Braces:
    """What stands in braces that are not closed yet."""

    whole: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    ended: bool = False
    """Whether the first alternative is over."""

    def add(self, text: str) -> None:
        self.whole.append(text)
        if not self.ended:
            self.first.append(text)

    def end_alternative(self) -> None:
        self.whole.append("|")
        self.ended = True


def first_alternatives(text: str) -> PromptText:
    """``{red|green} apple`` → ``red apple``, also inside one another; ``\\{`` is a brace. Takes linear time.

    The editor chooses by chance; here the first is taken. Braces without a ``|`` stay, as those of JSON.
    """
    plain = _COMMENT.sub("", text)
    stack = [_Braces()]
    chosen = False
    for match in _PIECE.finditer(plain):
        piece = match[0]
        if piece == "{" and len(stack) <= MAX_DEPTH:
            stack.append(_Braces())
        elif piece == "}" and len(stack) > 1:
            done = stack.pop()
            chosen = chosen or done.ended
            stack[-1].add("".join(done.first) if done.ended else f"{{{''.join(done.whole)}}}")
        elif piece == "|" and len(stack) > 1:
            stack[-1].end_alternative()
        else:
            stack[-1].add(piece[1:] if piece in ("\\{", "\\}", "\\|") else piece)
    while len(stack) > 1:
        unclosed = stack.pop()
        stack[-1].add("{" + "".join(unclosed.whole))
    return PromptText("".join(stack[0].first), chosen)
