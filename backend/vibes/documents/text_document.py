"""What people edit and save, as text: one decision for every file that the hub and its commands read."""

import codecs

from vibes.domain.errors import DocumentProblem, InvalidDocument

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark its own begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class NotText(Exception):
    """It is no text in an encoding that is read; the sentence says what to do, ``line`` where it stops being text."""

    def __init__(self, line: int) -> None:
        super().__init__("is not text in UTF-8: save the file as UTF-8")
        self.line = line

    def in_file(self, file: str) -> InvalidDocument:
        return InvalidDocument([DocumentProblem(file, self.line, 1, str(self))])


def text_of(content: bytes) -> str:
    """UTF-8, or what a byte order mark says: Windows PowerShell and Notepad save UTF-16 with one. Raises NotText."""
    mark, encoding = next((each for each in _MARKS if content.startswith(each[0])), (b"", "utf-8"))
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise NotText(error.object[: error.start].decode(encoding, "replace").count("\n") + 1) from error
    before, nul, _ = text.partition("\0")
    if nul:  # UTF-16 without a mark is valid UTF-8 as well, with a NUL at every other place
        raise NotText(before.count("\n") + 1)
    return text
