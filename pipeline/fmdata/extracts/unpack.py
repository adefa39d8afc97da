"""Extracts in other forms than plain CSV: each becomes the CSV text that it stands for, and is judged as such.

The end of a file's name says its form, and its first bytes must agree: plain or compressed CSV, or Parquet. Text is
unpacked to a file aside in blocks, so that what a small file may hold can fill a disk, which is told, but no memory.
"""

from __future__ import annotations

import errno
import gzip
import shutil
import sys
import tempfile
import zlib
from pathlib import Path

import duckdb

from fmdata.contract import Resource
from fmdata.errors import Failure, FmdataError
from fmdata.extracts.columnar import PARQUET, at_its_row, write_text
from fmdata.extracts.gate import check_bytes

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FORMS = {".csv": "plain text", ".csv.gz": "gzip data", ".csv.zst": "zstd data", PARQUET: "a Parquet file"}
"""The end of a file's name -> the form it says."""
_BLOCK = 1 << 20
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile, zstd.ZstdError)


def suffix(file: str) -> str:
    """The end of a file's name that says its form, '' for a name that says none."""
    return next((end for end in FORMS if file.endswith(end)), "")


def unpack(
    con: duckdb.DuckDBPyConnection, root: Path, file: str, resource: Resource, scratch: Path
) -> tuple[Path, list[Failure]]:
    """Where the CSV text of the extract `file`, below `root`, stands, and what is wrong with its form.

    A plain file is its own text; that of another is a new file in the folder `scratch`. Failures tell the line of the
    text, or for Parquet the row, the first being 1. Raises `FmdataError` when there is no room to unpack in.
    """
    source = root / file
    named, form = FORMS.get(suffix(file), FORMS[".csv"]), _form(source)
    if form and form != named:
        return source, [_misnamed(file, named, form)]
    if named == FORMS[".csv"] or not source.stat().st_size:
        return source, []
    if not form and named != FORMS[PARQUET]:
        return source, [_misnamed(file, named, "no such data")]
    with tempfile.NamedTemporaryFile(prefix="text-", suffix=".csv", dir=scratch, delete=False) as made:
        text = Path(made.name)
    if named == FORMS[PARQUET]:
        return text, write_text(con, source, file, resource, text)
    return text, _decompress(source, file, text)


def check_text(text: Path, file: str, resource: Resource) -> list[Failure]:
    """What is wrong with the bytes or the header of an extract's text, told where a reader of `file` finds it."""
    failures = check_bytes(text, file, resource.names())
    return [at_its_row(f, text, resource.names()) for f in failures] if file.endswith(PARQUET) else failures


def _form(source: Path) -> str:
    """The form that a file's first bytes give away, '' for none; of Parquet its last bytes too."""
    with source.open("rb") as stream:
        first = stream.read(4)
        if first == b"PAR1":
            stream.seek(-4, 2)
            return FORMS[PARQUET] if stream.read() == first else ""
    if first[:2] == b"\x1f\x8b":
        return FORMS[".csv.gz"]
    skippable = first[1:] == b"\x2a\x4d\x18" and first[0] >> 4 == 5
    return FORMS[".csv.zst"] if first == b"\x28\xb5\x2f\xfd" or skippable else ""


def _misnamed(file: str, named: str, form: str) -> Failure:
    ending = next((end for end, kind in FORMS.items() if kind == form), ".csv")
    rest = "" if form in FORMS.values() else ", or compress it"
    advice = f"Name it {file.removesuffix(suffix(file))}{ending}{rest}"
    return Failure(file, rule="compression", found=f"the file holds {form}", expected=named, advice=advice)


def _decompress(source: Path, file: str, text: Path) -> list[Failure]:
    """Write the text that a compressed file holds; what is wrong with the file, if it cannot be read to its end."""
    try:
        with gzip.open(source) if file.endswith(".gz") else zstd.open(source) as stream, text.open("wb") as target:
            # Both libraries read on where another member or frame follows the first.
            shutil.copyfileobj(stream, target, _BLOCK)
    except _BROKEN as error:
        found, expected = f"it cannot be decompressed ({error})", f"whole {FORMS[suffix(file)]} and nothing behind it"
        return [Failure(file, rule="compression", found=found, expected=expected, advice="Compress it anew")]
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise FmdataError(f"{file}: no room to unpack it in {text.parent}: {error.strerror}.") from None
    return []
