"""Whether a build keeps the keys of the release before it: each is there yet, or has a tombstone since then."""

from __future__ import annotations

from collections.abc import Iterator

from fmdata.contract import Package
from fmdata.contract.roles import with_role
from fmdata.errors import Failure, quote
from fmdata.history.difference import Difference
from fmdata.history.row_changes import REMOVED
from fmdata.history.versions import is_version, parse
from fmdata.tombstones import ROLE, Tombstones


def lost_keys(found: Difference, known: Tombstones, raw: Package) -> Iterator[Failure]:
    """The keys that are gone without a tombstone, or with one of another version; and tombstones that are gone."""
    for table in found.tables:
        now = table.new.resource
        if now.generated or not table.key or not table.number(REMOVED):
            continue
        for row in table.rows(found.con, kinds=(REMOVED,)):
            told = known.get((table.table, row.key))
            if told is None:
                yield _unburied(found, now.role == ROLE, table.table, row.key, raw)
            elif not _is_since(found, told[-1]):
                _, file, line, since = told
                words = f"{quote(row.key)} of {table.table} was in {found.old.version} yet, so not gone since {since}"
                wanted = f"a version after that, up to {found.new.version}"
                yield Failure(file, line, 0, ROLE, "since_version", "version", words, wanted)


def _is_since(found: Difference, since: str) -> bool:
    return is_version(since) and found.old.version < parse(since, "") <= found.new.version


def _unburied(found: Difference, is_tombstone: bool, table: str, key: str, raw: Package) -> Failure:
    extract = with_role(raw, ROLE)
    file = f"raw/{extract.paths[0]}" if extract and extract.paths else raw.path
    words = f"the key {quote(key)} of {table} was in {found.old.version} and is gone"
    advice = "Restore it: what is gone stays gone"
    if not is_tombstone:
        advice = "Enter it, withdrawn or merged into another row" if extract else f"Add an extract with the role {ROLE}"
    return Failure(file, 0, 0, table, "", "key gone", words, "a tombstone for it", advice)
