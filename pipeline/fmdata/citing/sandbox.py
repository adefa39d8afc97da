"""Asking the process in which a query is looked at and run (`sandboxed.py`), and ending it when its time is up."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fmdata.citing.sandboxed import MORE
from fmdata.citing.standins import STORED
from fmdata.errors import FmdataError


@dataclass(frozen=True)
class Examined:
    """A query that can be cited: as written, in its normal form, and the base tables that it reads."""

    written: str
    normal: str
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """An answer: its columns (name, kind, type), how many rows it has, its hash, and their JSON if they are kept.

    `unnamed` is what is to be said of a column that nobody named, "" where all have names.
    """

    columns: list[dict[str, Any]]
    count: int
    hash: str
    kept: list[str] | None
    unnamed: str


class Sandbox:
    """A process of its own for queries of the release in a DuckDB file, each run of which may take so many seconds."""

    def __init__(self, database: Path, scratch: Path, memory: int, timeout: float) -> None:
        self._memory, self._timeout = memory, timeout
        # -P: whatever lies in the folder fmdata is called from is not a module.
        command = [sys.executable, "-P", "-m", "fmdata.citing.sandboxed", str(database), str(memory), str(scratch)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def examine(self, sql: str) -> Examined:
        """Look at a query. Raises `FmdataError` for one that cannot be cited."""
        told = self._ask({"examine": sql})
        return Examined(told["written"], told["normal"], tuple(told["tables"]))

    def answer(self, order: str = STORED, threads: int = 1, most: int = 0) -> Result:
        """Run the query that was looked at; `order`, `most` are those of `Standins.answer`, 0 `threads` are all.

        Raises `FmdataError` if it fails, takes too long or needs too much memory.
        """
        told = self._ask({"answer": {"order": order, "threads": threads, "most": most, "rows": False}})
        return Result(told["columns"], told["count"], told["hash"], told["kept"], told["unnamed"])

    def rows(self, restrict: Mapping[str, str]) -> Counter[str]:
        """How often each row, by its hash, is in the answer when tables hold only the rows of the relations given."""
        return Counter(self._ask({"answer": {"restrict": dict(restrict), "threads": 1, "rows": True}})["rows"])

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin, "it was opened with pipes"
        try:
            self._process.stdin.write(f"{json.dumps(request)}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            self._died()
        told: dict[str, Any] = json.loads(self._line())
        if "error" in told:
            raise FmdataError(told["error"])
        return told

    def _line(self) -> bytes:
        assert self._process.stdout, "it was opened with pipes"
        stream, parts, end = self._process.stdout.fileno(), [b""], time.monotonic() + self._timeout
        while not parts[-1].endswith(b"\n"):
            if not select.select([stream], [], [], max(end - time.monotonic(), 0))[0]:
                self._process.kill()
                found = f"the query was ended: it took longer than {self._timeout:g} s"
                raise FmdataError(f"{found}. Ask for less, or allow more: --timeout.")
            parts.append(os.read(stream, 1 << 16))
            if not parts[-1]:
                self._died()
        return b"".join(parts)

    def _died(self) -> None:
        _, messages = self._process.communicate()
        text = messages.decode(errors="replace").strip()
        # The system ends what asks for more memory in a place where nobody can be told.
        if self._process.returncode < 0 or "MemoryError" in text or "bad_alloc" in text:
            raise FmdataError(MORE.format(memory=self._memory / 1e6))
        raise RuntimeError(f"the process of the query ended: {text}")
