"""JSON of any shape, with the names that providers use: whatever reads their answers must stand it."""

from hypothesis import strategies as st

NESTED = "[" * 100_000 + "]" * 100_000
"""JSON that no parser reads to its end."""
_NAMES = ["url", "detail", "status", "images", "loc", "type", "logs", "data", "error", "b64_json", "usage", "9"]

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_NAMES), inner),
    max_leaves=20,
)
