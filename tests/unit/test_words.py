"""The words of this project: documents that are cited exist, and a thing has one name."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "backend/vibes",
    "config",
    "deploy",
    "docker",
    "docs",
    "frontend/e2e",
    "frontend/src",
    "frontend/tests",
    "templates",
    "tests",
)
SUFFIXES = {".css", ".json", ".md", ".py", ".ts", ".tsx", ".toml", ".yaml"}
BUILT = {"_shipped", "fixtures", "node_modules", "__pycache__"}

CITATION = re.compile(r"(?P<document>(?:docs/)?[\w-]+\.md)#(?P<anchor>[\w-]+)")
ELSEWHERE = re.compile(r"§|\bDESIGN(?:-\d)?\b|\bPROTOCOL\b|\bthe seed's (?:table|file|fleet|numbers?|times|row)\b")
"""How documents were cited that only their authors have; a public one is cited by its address or RFC number."""

SYNONYMS = {
    "second attempt": re.compile(r"\b(?:hedg\w+|twins?)\b"),
    "prefetched": re.compile(r"\bfetch(?:ed|es)? ahead\b|\broom behind\b"),
}
"""By the word of the README's glossary: what the same thing must not be called, in names, comments and pages."""


def texts() -> Iterator[tuple[str, str]]:
    """Every text file that people write, by its path."""
    within = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES]
    for path in sorted([*within, *ROOT.glob("*.md"), ROOT / "Makefile", ROOT / "pyproject.toml"]):
        name = path.relative_to(ROOT)
        if path != Path(__file__).resolve() and not BUILT & set(name.parts):
            yield name.as_posix(), path.read_text(encoding="utf-8")


def places(pattern: re.Pattern[str], text: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines(), start=1) if pattern.search(line)]


def test_no_document_is_cited_that_is_not_here() -> None:
    assert [f"{name}:{line}" for name, text in texts() for line in places(ELSEWHERE, text)] == []


def anchors(document: Path) -> set[str]:
    """Of its headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_cited_section_exists() -> None:
    cited = [(name, match["document"], match["anchor"]) for name, text in texts() for match in CITATION.finditer(text)]
    assert len(cited) > 10, "it finds them"
    unknown = [
        f"{name}: {document}#{anchor}"
        for name, document, anchor in cited
        if not (path := _document(name, document)).is_file() or anchor not in anchors(path)
    ]
    assert unknown == []


def _document(name: str, document: str) -> Path:
    """From the root, or beside the page that links to it."""
    beside = (ROOT / name).parent / document
    return beside if name.endswith(".md") and beside.is_file() else ROOT / document


def test_every_page_that_is_named_exists() -> None:
    named = {
        (name, document)
        for name, text in texts()
        for document in re.findall(r"\bdocs/[\w-]+\.md\b", text)
        if not (ROOT / document).is_file()
    }
    assert named == set()


def in_words(text: str) -> str:
    """With the parts of names as words: ``secondAttempt`` and ``second_attempt`` read alike."""
    return re.sub(r"_|(?<=[a-z])(?=[A-Z])", " ", text).lower()


def test_a_thing_has_one_name() -> None:
    others = [
        f"{name}:{line}: say {word}"
        for name, text in texts()
        for word, synonym in SYNONYMS.items()
        for line in places(synonym, in_words(text))
    ]
    assert others == []


def test_a_machine_is_a_node_but_in_the_fields_of_the_api_and_the_columns_of_the_database() -> None:
    named = [
        f"{name}:{line}"
        for name, text in texts()
        if re.match(r"backend/vibes/(?:domain|ports|scheduling|services|nodes)/", name)
        for line in places(re.compile(r"\bgpu_id\b|\bpreferred_gpu\b"), text)
    ]
    assert named == []
