"""Decodes files that people edit: one rule for every file that the hub and its commands read."""

import codecs

from vibes.domain.errors import DocumentProblem, InvalidDocument

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, since its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class NotText(Exception):
    """The file is no text in a known encoding; the message says what to do, ``line`` where the text stops."""

    def __init__(self, line: int) -> None:
        super().__init__("is not text in UTF-8: save the file as UTF-8")
        self.line = line

    def in_file(self, file: str) -> InvalidDocument:
        return InvalidDocument([DocumentProblem(file, self.line, 1, str(self))])


def text_of(content: bytes) -> str:
    """The text, decoded as UTF-8 or as its byte order mark says: Windows PowerShell and Notepad save UTF-16. Raises
    NotText."""
    mark, encoding = next((each for each in _MARKS if content.startswith(each[0])), (b"", "utf-8"))
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise NotText(error.object[: error.start].decode(encoding, "replace").count("\n") + 1) from error
    before, nul, _ = text.partition("\0")
    if nul:  # UTF-16 without a mark is also valid UTF-8, with a NUL in every other place
        raise NotText(before.count("\n") + 1)
    return text
