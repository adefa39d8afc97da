"""Extracts in other forms than plain CSV, made of readable texts: the repository holds no opaque files."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import duckdb

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACKERS = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "zstd": lambda data: zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1}),
    "nothing": lambda data: data,
}


def pack(target: Path, source: Path, how: dict[str, object]) -> None:
    """Move the text `source` into `target`, packed `by` gzip, zstd or nothing, and then perhaps spoiled.

    `keep` leaves the source where it is; `cut` drops so many bytes of the end; `flip` turns the bits of the byte at a
    place; `add` puts a text behind.
    """
    data = bytearray(PACKERS[how["by"]](source.read_bytes()))
    del data[len(data) - how.get("cut", 0) :]
    if "flip" in how:
        data[how["flip"]] ^= 0xFF
    target.write_bytes(bytes(data) + how.get("add", "").encode())
    if not how.get("keep"):
        source.unlink()


def write_parquet(target: Path, sql: str, options: str = "") -> None:
    """Write the rows of a SELECT to the Parquet file `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.execute(f"COPY ({sql}) TO '{target}' (FORMAT parquet{options})")
