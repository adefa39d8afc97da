"""Resolving a citation: its query is run again against the archived release, and compared row by row."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fmdata.citing.answer import encoded
from fmdata.citing.archive import Missing, archived
from fmdata.citing.cite import KEPT, Limits
from fmdata.citing.record import Record, read
from fmdata.citing.sandbox import Result, Sandbox
from fmdata.errors import FmdataError

IDENTICAL, CHANGED, MISSING, FAILED = "identical", "changed", "missing", "failed"


@dataclass(frozen=True)
class Resolved:
    """What became of a citation, in one of four words and in a sentence; `gone` and `new` are rows, as JSON."""

    id: str
    status: str
    words: str
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


def resolve(root: Path, own: str, limits: Limits) -> Resolved:
    """Run a citation's query again. Raises `FmdataError` for a record that is not there or not as it was written."""
    record = read(root, own)
    release = record["release"]
    with tempfile.TemporaryDirectory(prefix="fmdata-") as aside:
        scratch = Path(aside)
        try:
            with archived(release["version"], root, scratch) as there:
                if f"sha256:{there.content}" != release["contentHash"]:
                    found = f"the release {release['version']} that is there has other content than the cited one"
                    return Resolved(own, MISSING, f"{found}, {release['contentHash']}.")
                with Sandbox(there.database, scratch, limits.memory, limits.timeout) as sandbox:
                    return _compared(own, record, sandbox)
        except Missing as error:
            return Resolved(own, MISSING, f"the release it cites is missing: {error}")
        except FmdataError as error:
            return Resolved(own, FAILED, str(error))


def _compared(own: str, record: Record, sandbox: Sandbox) -> Resolved:
    normal = sandbox.examine(record["query"]["normalised"]).normal
    if sandbox.examine(record["query"]["written"]).normal != normal:
        raise FmdataError("the query as it was written and its normal form are not the same query.")
    now, before = sandbox.answer(most=KEPT), record["answer"]
    if f"sha256:{now.hash}" == before["hash"]:
        return Resolved(own, IDENTICAL, f"{_rows(now.count)}, each as it was cited.")
    return _changed(own, now, before)


def _changed(own: str, now: Result, before: dict[str, Any]) -> Resolved:
    columns = [[str(column["name"]), column["kind"]] for column in now.columns]
    told = [[str(column["name"]), column["kind"]] for column in before["columns"]]
    if columns != told:
        found = f"the columns are {encoded(columns)}, and were {encoded(told)}"
        return Resolved(own, CHANGED, f"{found}.")
    if "kept" not in before or now.kept is None:
        found = f"there are {_rows(now.count)} now, and were {before['rows']:,}"
        return Resolved(own, CHANGED, f"{found}; they are too many for the record to tell which differ.")
    rows, were = Counter(now.kept), Counter(map(encoded, before["kept"]))
    gone, new = sorted((were - rows).elements()), sorted((rows - were).elements())
    return Resolved(own, CHANGED, f"{_rows(len(gone))} gone, {_rows(len(new))} new.", tuple(gone), tuple(new))


def _rows(count: int) -> str:
    return f"{count:,} row{'s' * (count != 1)}"
