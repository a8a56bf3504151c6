"""What is found by how it begins: the same as by looking at all of it, and in a fair order."""

from hypothesis import given
from hypothesis import strategies as st

from vibes.domain.prompting.completion import CompletionKind, Entry, Fragment, Index, completed, fragments

ALL = frozenset(CompletionKind)


def entry(text: str, kind: CompletionKind = CompletionKind.TAG) -> Entry:
    return Entry(kind, text, text, text.lower())


_NAME = st.text("ab/_- ", max_size=9)


@given(st.lists(_NAME, max_size=30), st.text("ab", min_size=1, max_size=3), st.integers(1, 12))
def test_an_index_finds_what_looking_at_everything_would(names: list[str], wanted: str, limit: int) -> None:
    index = Index([entry(name) for name in names])
    begins = [name for name in names if name.startswith(wanted) and name != wanted]
    assert [each.text for each in index.begin(wanted, limit)] == begins[:limit]
    within = [
        name
        for name in names
        if not name.startswith(wanted) and any(f"{sign}{wanted}" in name for sign in (" ", "/", "_", "-"))
    ]
    assert [each.text for each in index.within(wanted, 30)] == within


def test_every_kind_has_its_share() -> None:
    many = {
        CompletionKind.LORA: [entry(f"water {number}", CompletionKind.LORA) for number in range(50)],
        CompletionKind.TAG: [entry(f"water{number}") for number in range(3)],
        CompletionKind.STYLE: [entry("Watery", CompletionKind.STYLE)],
    }
    found = completed(Fragment("wat", ALL, "wat"), lambda kind: [Index(many.get(kind, []))], 12)
    kinds = [each.kind.value for each in found]
    assert kinds == ["style", *["lora"] * 8, *["tag"] * 3]


def test_what_stands_there_whole_is_not_proposed() -> None:
    assert completed(Fragment("ink", ALL, "ink"), lambda _: [Index([entry("ink")])], 12) == []


def test_of_a_lead_only_its_kind_is_meant() -> None:
    [found] = fragments("a fox, <lora:in")
    assert (found.text, set(found.kinds)) == ("lora:in", {CompletionKind.LORA})
