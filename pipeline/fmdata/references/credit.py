"""Which cited works, and which sources, contributed rows to an answer: they are to be credited with it.

A work contributed if the rows that rest on it did: `resting.py` tells which these are, `contribution.py` whether they
did. How often an answer is asked for is bounded; a result that the bound cut short says that it is not complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import compress

import duckdb

from fmdata.contract import Package, Resource, Works, lineage, works
from fmdata.provenance import row_key
from fmdata.references.contribution import Rows, contributing
from fmdata.references.resting import Resting, on_evidence, on_sources, only, ties, without
from fmdata.sql import name

Answer = Callable[[Mapping[str, str]], Rows]
"""The rows of the answer, by their hashes, when each table named holds only those of the SQL relation given for it.

The relations call the database with the tables of the release `RELEASE`."""


@dataclass(frozen=True)
class Credit:
    """A work by its key, with basis and confidence of the best link by which rows of it contributed, if it has them."""

    key: str
    link_basis: str | None
    confidence: str | None


@dataclass(frozen=True)
class Credits:
    """What is to be credited: works in the order of their list, keys of sources sorted; whether that is all."""

    works: tuple[Credit, ...]
    sources: tuple[str, ...]
    complete: bool


@dataclass(frozen=True)
class _Link:
    """A row of evidence: its own key, that of its work, how good it is, and the fields that name its subjects."""

    key: str
    work: str
    link_basis: str | None
    confidence: str | None
    subjects: frozenset[str]


def credited(con: duckdb.DuckDBPyConnection, package: Package, tables: Iterable[str], answer: Answer) -> Credits:
    """The works and sources that contributed to an answer for which the `tables` were read.

    `con` reads the tables of the release by their names; `answer` must answer the same with the same rows.
    """
    read = [table for table in package if table.name in set(tables)]
    found, sure = _works(con, package, read, answer)
    taken, certain = _sources(con, package, read, answer)
    return Credits(tuple(found), tuple(taken), sure and certain)


def _works(
    con: duckdb.DuckDBPyConnection, package: Package, read: list[Resource], answer: Answer
) -> tuple[list[Credit], bool]:
    known = works(package)
    if known is None or known.evidence is None:
        # The contract does not say what rows rest on, as that of older releases.
        return [], False
    told = {field for table in read for field in ties(known, table)}
    links = [link for link in _links(con, known) if known.evidence.table in read or link.subjects & told]
    order = list(dict.fromkeys(link.work for link in links))
    found, sure = _contributing(order, read, on_evidence(known, _text(known.evidence.field)), answer)
    by_link = on_evidence(known, row_key(known.evidence.table))

    def best(work: str) -> Credit:
        """Of the links by which rows of a work contributed, the best; of links that mask each other, any."""
        own = [link for link in links if link.work == work]
        if len({(link.link_basis, link.confidence) for link in own}) > 1:
            keys, _ = _contributing([link.key for link in own], read, by_link, answer)
            own = [link for link in own if link.key in keys] or own
        return _best(known, own)

    return [best(work) for work in order if work in found], sure


def _links(con: duckdb.DuckDBPyConnection, known: Works) -> list[_Link]:
    """All evidence, in the order of the works and of its own keys."""
    assert known.evidence, "the caller asked"
    table = known.evidence.table
    subjects = [key.fields[0] for key in known.subjects if len(key.fields) == 1]
    said = [f"{name(field)} IS NOT NULL" for field in subjects]
    told = [_text(field) if field in table.names() else "NULL" for field in ("link_basis", "confidence")]
    position = "position" if "position" in known.references.names() else "0"
    rows = con.execute(
        f"SELECT {row_key(table)}, {_text(known.evidence.field)}, {', '.join((*told, *said))} "
        f"FROM {name(table.name)} "
        f"JOIN (SELECT {name(known.key)} AS _work, {position} AS _position FROM {name(known.references.name)}) "
        f"ON _work = {name(known.evidence.field)} ORDER BY _position, _work, 1"
    ).fetchall()
    return [
        _Link(key, work, basis, confidence, frozenset(compress(subjects, named)))
        for key, work, basis, confidence, *named in rows
    ]


def _best(known: Works, links: list[_Link]) -> Credit:
    """The credit of a work, by its best link."""

    def rank(link: _Link) -> tuple[int, int]:
        return _rank(known, "confidence", link.confidence), _rank(known, "link_basis", link.link_basis)

    best = min(links, key=rank)
    return Credit(best.work, best.link_basis, best.confidence)


def _rank(known: Works, field: str, word: str | None) -> int:
    """How good a word of the evidence is: a list in the contract begins with the best; none is the worst."""
    assert known.evidence, "the caller asked"
    table = known.evidence.table
    listed = table.field(field).constraints.get("enum", []) if field in table.names() else []
    return listed.index(word) if word in listed else len(listed)


def _sources(
    con: duckdb.DuckDBPyConnection, package: Package, read: list[Resource], answer: Answer
) -> tuple[list[str], bool]:
    places = lineage(package)
    if places is None or places.sources is None:
        return [], True
    rows = con.execute(f"SELECT source_id FROM {name(places.sources.name)} ORDER BY source_id").fetchall()
    found, sure = _contributing([key for (key,) in rows], read, on_sources(package, places), answer)
    return sorted(found), sure


def _contributing(groups: list[str], read: list[Resource], resting: Resting, answer: Answer) -> tuple[set[str], bool]:
    """Which groups that rows rest on contributed rows to an answer, and whether that is all."""
    return contributing(
        groups,
        lambda gone: answer(without(read, resting, gone)),
        lambda kept: answer(only(read, resting, kept, groups)),
    )


def _text(field: str) -> str:
    """SQL: a field as text."""
    return f"CAST({name(field)} AS VARCHAR)"
