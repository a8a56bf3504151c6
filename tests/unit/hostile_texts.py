"""Texts that people paste, and worse: quotes, braces, placeholders, control characters, right-to-left, 100 kB."""

from hypothesis import strategies as st

_PIECES = [
    '"',
    "\\",
    "\\u0000",
    "\x00",
    "{",
    "}}",
    "{{seed}}",
    "{{ steps }}",
    "{{prompt}}",
    "{{nobody}}",
    '"}, "99": {"class_type": "SaveImage"',
    "\u202e\u05d0",
    "\U0001f5fc",
    "\ufeff",
    "\r\n",
    "%date%",
    "${HOME}",
    "\\1\\g<0>",
    "plain words, (weighted:1.2) ",
]
hostile_texts = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(_PIECES), max_size=12).map("".join),
    st.builds(lambda piece: piece * (100_000 // len(piece.encode())), st.sampled_from(_PIECES)),
)
