"""Small pictures with texts in every place where programs put them, byte by byte as they write them."""

import gzip
import struct
import zlib
from collections.abc import Mapping

from PIL import Image

from tests.pictures import PNG_START, chunk, ramp, saved

DESCRIPTION, MAKE, MODEL, SOFTWARE, DOCUMENT = 0x010E, 0x010F, 0x0110, 0x0131, 0x010D
USER_COMMENT, MAKER_NOTE = 0x9286, 0x927C
EXIF_TABLE = 0x8769
ASCII_TYPE, BYTES_TYPE = 2, 7
UNICODE, ASCII, NO_CODE = b"UNICODE\0", b"ASCII\0\0\0", b"\0" * 8
"""What stands before a user's comment (Exif 2.32, 4.6.5)."""
XMP_START = b"http://ns.adobe.com/xap/1.0/\0"
BARE_PNG, BARE_JPEG = saved(ramp("RGB")), saved(ramp("RGB"), "JPEG")
_IHDR_END = len(PNG_START) + 25


def png(texts: Mapping[str, str] | None = None, *more: bytes) -> bytes:
    """``texts``: as Pillow adds them, in Latin-1 where that has all letters, else in an international text; ``more``:
    whole chunks."""
    chunks = []
    for keyword, text in (texts or {}).items():
        try:
            chunks.append(plain_text(keyword, text.encode("latin-1")))
        except UnicodeEncodeError:
            chunks.append(international(keyword, text))
    return BARE_PNG[:_IHDR_END] + b"".join((*chunks, *more)) + BARE_PNG[_IHDR_END:]


def plain_text(keyword: str, text: bytes) -> bytes:
    return chunk(b"tEXt", keyword.encode("latin-1") + b"\0" + text)


def packed_text(keyword: str, text: bytes) -> bytes:
    return chunk(b"zTXt", keyword.encode("latin-1") + b"\0\0" + zlib.compress(text))


def international(keyword: str, text: str, *, packed: bool = False) -> bytes:
    body = zlib.compress(text.encode()) if packed else text.encode()
    return chunk(b"iTXt", keyword.encode("latin-1") + bytes((0, packed, 0)) + b"en\0\0" + body)


def raw_profile(exif: bytes) -> bytes:
    """As ImageMagick keeps the EXIF of a JPEG in a PNG."""
    digits = exif.hex()
    lines = "\n".join(digits[place : place + 72] for place in range(0, len(digits), 72))
    return png({"Raw profile type exif": f"\nexif\n{len(exif):8}\n{lines}\n"})


def jpeg(*, exif: bytes = b"", comments: tuple[bytes, ...] = (), xmp: str | None = None) -> bytes:
    segments = [segment(0xE1, b"Exif\0\0" + exif)] if exif else []
    segments += [segment(0xE1, XMP_START + xmp.encode())] if xmp is not None else []
    segments += [segment(0xFE, each) for each in comments]
    return BARE_JPEG[:2] + b"".join(segments) + BARE_JPEG[2:]


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def webp(*, exif: bytes = b"", xmp: str | None = None, exif_start: bytes = b"") -> bytes:
    """``exif_start``: some writers put JPEG's ``Exif\\0\\0`` before it."""
    still = riff_pieces(saved(ramp("RGB"), "WEBP", lossless=True))
    flags = (0x08 if exif else 0) | (0x04 if xmp is not None else 0)
    head = struct.pack("<I", flags) + (63).to_bytes(3, "little") * 2
    pieces = [(b"VP8X", head), *still]
    pieces += [(b"EXIF", exif_start + exif)] if exif else []
    pieces += [(b"XMP ", xmp.encode())] if xmp is not None else []
    return riff(pieces)


def riff_pieces(content: bytes) -> list[tuple[bytes, bytes]]:
    pieces, place = [], 12
    while place + 8 <= len(content):
        kind, size = struct.unpack_from("<4sI", content, place)
        pieces.append((kind, content[place + 8 : place + 8 + size]))
        place += 8 + size + size % 2
    return pieces


def riff(pieces: list[tuple[bytes, bytes]]) -> bytes:
    body = b"".join(struct.pack("<4sI", kind, len(part)) + part + b"\0" * (len(part) % 2) for kind, part in pieces)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def tiff(
    tags: Mapping[int, bytes], further: Mapping[int, bytes] | None = None, *, order: str = ">", at: int = 8
) -> bytes:
    """EXIF as a little TIFF: a table of tags, and the further one that holds what concerns the taking of a picture."""
    start = ((b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", at)).ljust(at, b"\0")
    first_end = at + 2 + 12 * (len(tags) + bool(further)) + 4
    if not further:
        return start + b"".join(_table(tags, order, first_end))
    second_end = first_end + 2 + 12 * len(further) + 4
    second, second_values = _table(further, order, second_end)
    first, first_values = _table(tags, order, second_end + len(second_values), link=first_end)
    return start + first + second + second_values + first_values


def _table(entries: Mapping[int, bytes], order: str, place: int, link: int | None = None) -> tuple[bytes, bytes]:
    rows, values = [], b""
    for tag, value in sorted(entries.items()):
        kind = BYTES_TYPE if tag in {USER_COMMENT, MAKER_NOTE} else ASCII_TYPE
        body = value if kind == BYTES_TYPE else value + b"\0"
        if len(body) <= 4:
            rows.append((tag, struct.pack(f"{order}HHI", tag, kind, len(body)) + body.ljust(4, b"\0")))
        else:
            rows.append((tag, struct.pack(f"{order}HHII", tag, kind, len(body), place + len(values))))
            values += body + b"\0" * (len(body) % 2)
    if link is not None:
        rows.append((EXIF_TABLE, struct.pack(f"{order}HHII", EXIF_TABLE, 4, 1, link)))
    body = b"".join(row for _, row in sorted(rows))
    return struct.pack(f"{order}H", len(rows)) + body + b"\0" * 4, values


def comment(
    text: str, *, code: bytes = UNICODE, encoding: str = "utf-16-be", order: str = ">", tail: bytes = b""
) -> bytes:
    """EXIF with a user's comment alone: Unicode and big-endian, as piexif dumps it."""
    return tiff({}, {USER_COMMENT: code + text.encode(encoding) + tail}, order=order)


def xmp_with(comment_in_it: str, tool: str) -> str:
    escaped = comment_in_it.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/">'
        f"<xmp:CreatorTool>{tool}</xmp:CreatorTool><exif:UserComment><rdf:Alt>"
        f'<rdf:li xml:lang="x-default">{escaped}</rdf:li></rdf:Alt></exif:UserComment></rdf:Description></rdf:RDF>'
        '</x:xmpmeta><?xpacket end="w"?>'
    )


def hiding(text: str, *, mode: str = "RGBA", packed: bool = True) -> bytes:
    """A text in the lowest bits of the alpha, or of the colours where there is none, column by column."""
    body = gzip.compress(text.encode()) if packed else text.encode()
    head = f"stealth_{'png' if mode == 'RGBA' else 'rgb'}{'comp' if packed else 'info'}".encode()
    bits = "".join(f"{byte:08b}" for byte in head + (len(body) * 8).to_bytes(4, "big") + body)
    step = 1 if mode == "RGBA" else 3
    height = 64
    picture = Image.new(mode, (-(-len(bits) // (step * height)), height), (9, 9, 9, 255)[: len(mode)])
    for place in range(0, len(bits), step):
        hidden = [int(bit) for bit in bits[place : place + step].ljust(step, "0")]
        colour = (9, 9, 9, 254 + hidden[0]) if step == 1 else tuple(8 + each for each in hidden)
        picture.putpixel((place // step // height, place // step % height), colour)
    return saved(picture)
