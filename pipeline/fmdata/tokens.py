"""Text as hashes see it: tokens in one spelling, digests over them, and runs of words.

Two copies of a text give the same tokens whatever their line breaks, quotes, dashes, capitals, bullets and Unicode
form. A *token* is a word (letters and digits) or a single other sign; a *word* is a token of letters and digits.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Set

RUN = 8
"""As many words in a row as make a text somebody's: fewer are a term or a name."""
_HASH_BYTES, HASH_LENGTH = 6, 8

BULLETS = "•◦‣⁃▪▫●○■□∙·"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""What a file of UTF-16 begins with."""
_FOLDS = str.maketrans(
    dict.fromkeys("‘’‚‛‹›′‵´`ʼ＇", "'")
    | dict.fromkeys("“”„‟″‶«»＂", '"')
    | dict.fromkeys("‐‑‒–—―⸺⸻−﹘﹣－", "-")
    # Signs that change how others look or join, and are not seen themselves.
    | dict.fromkeys([0x034F, *range(0xFE00, 0xFE10), *range(0x180B, 0x180E)])
    | dict.fromkeys(BULLETS, " ")
)
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]|_")
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """`text` in one spelling: quotes, dashes, bullets and spaces folded, NFKC, no case, no invisible characters."""
    # Quotes first: NFKC would take some of them apart. NFKC twice: folding case can undo it.
    folded = unicodedata.normalize("NFKC", text.translate(_FOLDS)).casefold()
    folded = unicodedata.normalize("NFKC", folded).translate(_FOLDS)
    return folded if folded.isascii() else "".join(c for c in folded if unicodedata.category(c) != "Cf")


def tokens(text: str) -> list[str]:
    """The tokens of a text in their order."""
    return _TOKEN.findall(fold(text))


def within(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether some tokens stand in others, in a row."""
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


def digest(parts: Iterable[str]) -> str:
    """SHA-256, in hexadecimal, of tokens joined by single spaces."""
    return _sha256(_encoded(" ".join(parts))).hex()


def words(text: str) -> list[str]:
    """The words of a text in their order."""
    return _WORD.findall(fold(text))


def short_hash(text: str) -> str:
    """The first 48 bits of a text's SHA-256, as eight URL-safe base64 characters."""
    return _base64(_sha256(_encoded(text))[:_HASH_BYTES])


def value_hash(table: str, column: str, text: str) -> str:
    """The short hash of a string that cells of a column rest on."""
    return short_hash(f"{table}.{column}\x1f{text}")


def runs(found: Sequence[str]) -> list[str]:
    """The short hash of every run of `RUN` words, in their order; none where there are fewer words."""
    # Six bytes are exactly eight base64 characters, so that all are written at once.
    return unpack(_base64(b"".join(_sha256(run)[:_HASH_BYTES] for run in _spans(found))))


def has_run(found: Sequence[str], among: Set[bytes]) -> bool:
    """Whether a run of `RUN` words has one of some short hashes, of six bytes each."""
    return any(_sha256(run)[:_HASH_BYTES] in among for run in set(_spans(found)))


def _spans(found: Sequence[str]) -> Iterator[bytes]:
    """Every run of `RUN` words, in their order, as it is hashed."""
    parts = [_encoded(word) for word in found]
    text, starts = b" ".join(parts), [0, *itertools.accumulate(len(part) + 1 for part in parts)]
    return (text[start : end - 1] for start, end in zip(starts, starts[RUN:], strict=False))


def in_bytes(run: str) -> bytes:
    """The six bytes of a short hash."""
    return base64.urlsafe_b64decode(run)


def unpack(packed: str) -> list[str]:
    """The short hashes that stand one after the other in a text."""
    return [packed[start : start + HASH_LENGTH] for start in range(0, len(packed), HASH_LENGTH)]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()
