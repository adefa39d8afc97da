"""From a row of the release to the lines of its source, and from the lines to what became of them."""

from __future__ import annotations

import csv
import json
import re

import pytest

from conftest import ROOT
from fmdata.coverage import Part
from fmdata.reports import _bar

REGIONS, RATES = "brain_region_activity", "autoantibody_rates"
# A table, and a part of a row's key by which to find it there.
ROWS = [
    (RATES, "serotonin"), (REGIONS, "superior-temporal-gyrus"), ("bibliography", "ref-15"), ("symptoms", "allodynia"),
    ("studies", "brain-imaging-2021"), ("sources", "holistic-pulse-2024"),
]  # fmt: skip


@pytest.fixture(scope="module")
def contract():
    """The tables of the contract, by name."""
    descriptor = json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in descriptor["resources"]}


@pytest.fixture
def command(built, run):
    """Run a command on the built release."""
    return lambda *arguments: run(*arguments, "--root", built.folder.parents[1])


@pytest.fixture(scope="module")
def key_of(ask):
    """The key of the first row of a table that has a part in its key."""
    sql = "SELECT min(row_key) FROM provenance WHERE table_name = ? AND contains(row_key, ?)"
    return lambda table, part: ask(sql, table, part)[0][0]


@pytest.fixture(scope="module")
def region(key_of):
    return key_of(REGIONS, "superior-temporal-gyrus")


@pytest.fixture(scope="module")
def published(built, contract):
    """The published CSV files: table -> row key -> the row's texts."""
    found = {}
    for table, resource in contract.items():
        with (built.folder / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        key = resource["schema"]["primaryKey"]
        found[table] = {" ".join(row[field] for field in key): row for row in rows}
        assert len(found[table]) == len(rows), f"two rows of {table} have one key"
    return found


# The macro ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cells(ask):
    """What `where_from` tells of every row of the release: (table, row, column) -> value, how, words, place."""
    found = ask(
        "SELECT one.table_name, one.row_key, column_name, value, CAST(derivation AS VARCHAR), as_written, passage_id "
        "FROM (SELECT DISTINCT table_name, row_key FROM provenance) AS one, where_from(one.table_name, one.row_key)"
    )
    assert len({cell[:3] for cell in found}) == len(found)
    return {cell[:3]: cell[3:] for cell in found}


def test_every_cell_of_the_provenance_is_found(cells, ask):
    rows = ask(
        "SELECT table_name, row_key, column_name, CAST(derivation AS VARCHAR), as_written, passage_id FROM provenance"
    )
    assert len(rows) > 2000
    assert {row[:3]: row[3:] for row in rows} == {cell: told[1:] for cell, told in cells.items()}


def test_values_are_those_of_the_published_files(cells, published):
    values = {cell: value for cell, (value, *_) in cells.items()}
    assert values == {(table, row, column): published[table][row][column] for table, row, column in cells}
    assert all(values.values())


def test_every_published_value_that_states_a_fact_is_found(cells, published, contract, ask):
    """But for those without a place: their row names none, and a section's heading may be ours."""
    traced = {table for table, *_ in cells}
    assert len(traced) > 15
    due = {
        (table, key, field["name"])
        for table in traced
        for key, row in published[table].items()
        for field in contract[table]["schema"]["fields"]
        if field.get("derivation") and row[field["name"]] != ""
    }
    assert cells.keys() - due == set()
    absent = due - cells.keys()
    assert [cell for cell in absent if published[cell[0]][cell[1]].get("passage_id")] == []
    own = {key for (key,) in ask("SELECT section_id FROM sections WHERE heading_origin <> 'as_written'")}
    assert {row for table, row, _ in absent if table == "sections"} == own
    assert {table for table, *_ in absent} == {"sections", "source_issues", "entity_names"}


def test_the_place_is_told_as_the_release_has_it(ask):
    columns = "source_id line_start line_end sentence_number char_start char_end token_count span_sha256 prefix_sha256"
    told, known = (", ".join(f"{of}.{column}" for column in columns.split()) for of in ("t", "passages"))
    differing = ask(
        f"SELECT t.* FROM provenance AS p, where_from(p.table_name, p.row_key) AS t JOIN passages USING (passage_id) "
        "JOIN sections ON sections.section_id = passages.section_id WHERE t.column_name = p.column_name AND "
        f"({told}, t.section_id, t.section) IS DISTINCT FROM ({known}, passages.section_id, sections.heading)"
    )
    assert differing == []


@pytest.mark.parametrize("arguments", [("nothing", "ref-01"), ("bibliography", "x"), ("claims", None)])
def test_nothing_is_told_of_what_is_not_there(ask, arguments):
    assert ask("FROM where_from(?, ?)", *arguments) == []


@pytest.mark.parametrize("rows", [
    "{} AS cell, where_from(cell.table_name, cell.row_key)", "{} AS row_, where_from(row_.table_name, row_.row_key)",
    "{} AS told, where_from(told.table_name, told.row_key)", "{}, where_from(table_name, row_key)",
    "bibliography_notices, where_from('bibliography_notices', reference_id || ' ' || position)",
], ids=["cell", "row_", "told", "no alias", "position"])  # fmt: skip
def test_the_macro_takes_the_columns_of_another_table(ask, rows):
    """Whatever these are called: the macro's own names do not hide them."""
    notices = "SELECT {} FROM provenance WHERE table_name = 'bibliography_notices'"
    found = ask(f"SELECT count(*) FROM {rows.format('(' + notices.format('DISTINCT table_name, row_key') + ')')}")
    assert found == ask(notices.format("count(*)")) != [(0,)]


def test_what_is_traced_is_in_the_provenance(ask):
    """Every row that a traced view speaks of."""
    descriptor = json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))
    views = [view["name"] for view in descriptor["views"] if view.get("traced")]
    assert "references_behind" in views
    for view in views:
        assert ask(f"SELECT count(*) FROM {view}")[0][0] > 0
        assert (
            ask(f"SELECT DISTINCT table_name, row_key FROM {view} ANTI JOIN provenance USING (table_name, row_key)")
            == []
        )


# fmdata trace ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "part"), ROWS, ids=[table for table, _ in ROWS])
def test_trace_tells_what_the_macro_tells(command, ask, db, key_of, table, part):
    key = key_of(table, part)
    result = command("trace", table, key, "--format", "json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["table"], found["key"], list(found)) == (
        0,
        table,
        key,
        ["table", "key", "cells", "about"],
    )
    rows = ask("FROM where_from(?, ?)", table, key)
    columns = [column[0] for column in db.description]
    assert rows and found["cells"] == [dict(zip(columns, row, strict=True)) for row in rows]
    text = command("trace", table, key).stdout
    for cell in found["cells"]:
        assert any(
            line.startswith(cell["column_name"]) and cell["value"] in line and cell["derivation"] in line
            for line in text.splitlines()
        ), cell["column_name"]
        assert f" {cell['passage_id']}\n" in text and cell["span_sha256"] in text
        assert f"characters {cell['char_start']} to {cell['char_end']}, {cell['token_count']} tokens" in text
    assert "\x1b" not in text


def test_trace_of_one_cell(command, region):
    whole = json.loads(command("trace", REGIONS, region, "--format", "json").stdout)["cells"]
    [cell] = json.loads(command("trace", REGIONS, region, "activity", "--format", "json").stdout)["cells"]
    assert cell in whole and len(whole) > 3
    assert (cell["column_name"], cell["value"], cell["derivation"]) == ("activity", "reduced", "inferred")
    # The side of the brain is told on a line of its own, the direction where the list is led into.
    [label] = [cell for cell in whole if cell["column_name"] == "label"]
    assert (label["as_written"], label["line_start"], cell["line_start"]) == (label["value"], 87, 83)
    text = command("trace", REGIONS, region, "activity").stdout
    assert cell["passage_id"] in text and label["passage_id"] not in text


def test_trace_tells_the_references_with_basis_and_confidence(command, ask, region):
    [about] = json.loads(command("trace", REGIONS, region, "--format", "json").stdout)["about"].values()
    rows = ask(
        "SELECT reference_id, link_basis, confidence, rationale FROM references_behind "
        "WHERE (table_name, row_key) = ('brain_region_activity', ?)", region,
    )  # fmt: skip
    told = [tuple(one[key] for key in ("reference_id", "link_basis", "confidence", "rationale")) for one in about]
    assert told == rows and rows
    text = command("trace", REGIONS, region).stdout
    assert all(str(value) in text for row in rows for value in row)
    assert "References behind it: nothing" in command("trace", *ROWS[-1]).stdout


def test_a_row_that_is_not_there(command, contract, region, key_of):
    """The message says of what the key is made, and tells rows that are near."""
    for table, key, near in (
        (REGIONS, region.replace("temporal", "temporel"), region),
        (REGIONS, region.split("-")[0], "-"),
        (RATES, "seroton", key_of(RATES, "serotonin")),
        (RATES, "' OR 'a' = 'a", key_of(RATES, "")),
        (RATES, "", key_of(RATES, "")),
    ):
        result = command("trace", table, key, "--format", "json")
        assert (result.exit_code, result.stdout) == (1, "")
        expected = f"expected its {' and '.join(contract[table]['schema']['primaryKey'])}, such as "
        assert result.stderr.startswith(f'Error: {table} has no row "{key}"; {expected}')
        assert near in result.stderr.partition("such as ")[2]


@pytest.mark.parametrize("table", ["nothing", "vocabularies", "Claims", "claims'"])
def test_a_table_that_states_no_facts(command, table):
    result = command("trace", table, "x")
    assert (result.exit_code, result.stdout) == (1, "")
    found = f'table "{table}"' + (" states no facts" if table == "vocabularies" else "; expected one of sources, ")
    assert found in result.stderr
    assert ('Did you mean "claims"?' in result.stderr) == (table.lower().startswith("claims"))


@pytest.mark.parametrize(("column", "found"), [
    ("rate", 'has no column "rate"; '), ("passage_id", "states no fact; "), ("population", "population is blank"),
])  # fmt: skip
def test_a_column_that_is_not_traced(command, key_of, column, found):
    result = command("trace", RATES, key_of(RATES, "serotonin"), column)
    assert (result.exit_code, result.stdout) == (1, "")
    assert found in result.stderr and "expected one of " in result.stderr and "rate_percent" in result.stderr


def test_a_row_from_which_nothing_was_taken(command, ask):
    [(key, *_), *_] = ask("SELECT section_id FROM sections WHERE heading_origin <> 'as_written' ORDER BY ALL")
    result = command("trace", "sections", key)
    assert result.exit_code == 1 and f'no cell of the row "{key}" of sections was taken' in result.stderr


def test_without_a_release_the_way_to_one_is_told(run, project):
    (project / "copy.txt").write_text("Text", encoding="utf-8")
    for arguments in (("trace", *ROWS[0]), ("coverage",), ("verify", "--source", project / "copy.txt")):
        result = run(*arguments, "--root", project)
        assert (result.exit_code, result.stdout, "fmdata build" in result.stderr) == (1, "", True)


# fmdata coverage ------------------------------------------------------------------------------------------------------


@pytest.fixture
def covered(command):
    return json.loads(command("coverage", "--format", "json").stdout)


def test_coverage_sums_are_those_of_the_ledger(covered, command, ask, tell):
    lines = dict(ask("SELECT CAST(status AS VARCHAR), count(*) FROM source_lines GROUP BY ALL"))
    assert list(covered) == ["lines", "sections", "gaps"]
    assert covered["lines"] == lines
    parts = ask("SELECT section_id, CAST(status AS VARCHAR), count(*) FROM source_lines GROUP BY ALL")
    told = {(part["section_id"], status): n for part in covered["sections"] for status, n in part["lines"].items() if n}
    assert told == {(section, status): count for section, status, count in parts}
    first, *text = command("coverage").stdout.splitlines()
    assert f": {sum(lines.values())} lines, {lines['extracted']} extracted, " in first
    assert any(all(f"{s.replace('_', ' ')} {n}" in line for s, n in lines.items()) for line in text)
    tell(f"coverage: {', '.join(f'{count} {status}' for status, count in covered['lines'].items())}")


def test_gaps_are_told_with_their_reasons(covered, command, ask):
    gaps = ask(
        "SELECT source_id, line_number, CAST(status AS VARCHAR), reason FROM source_lines WHERE status <> 'extracted' "
        "ORDER BY line_number"
    )
    assert gaps and all(reason for *_, reason in gaps)
    assert [(gap["source_id"], gap["line_number"], gap["status"], gap["reason"]) for gap in covered["gaps"]] == gaps
    told = command("coverage").stdout.splitlines()[-len(gaps) :]
    assert told == [f"{s} line {n} {status.replace('_', ' ')}: {reason}" for s, n, status, reason in gaps]


def test_in_a_bar_nothing_vanishes():
    part = Part("source", "section", "Heading", {"extracted": 99, "boilerplate": 0, "lost_in_capture": 1})
    assert _bar(part, {"extracted": "#", "boilerplate": "-", "lost_in_capture": "."}, 100) == "#" * 30 + "."


def test_each_section_has_a_bar(covered, command, ask):
    """In the order of the text, under its heading and those above it, no status without a sign."""
    starts = dict(ask("SELECT section_id, line_start FROM sections"))
    sections = [part["section_id"] for part in covered["sections"]]
    assert sections == sorted(sections, key=starts.get) and len(sections) > 10
    headings = [part["heading"] for part in covered["sections"]]
    assert len({*headings}) == len(headings) and sum(one.endswith("Diagnosis and Treatment") for one in headings) == 3
    text = command("coverage").stdout.splitlines()
    for part in covered["sections"]:
        [line] = [line for line in text if re.match(rf"{re.escape(part['heading'])}  +[█▒░·]", line)]
        extracted, whole = part["lines"]["extracted"], sum(part["lines"].values())
        assert line.endswith(f" {extracted} of {whole}")
        assert ("█" in line, "▒" in line, "░" in line, "·" in line) == tuple(
            part["lines"][status] > 0 for status in ("extracted", "out_of_scope", "boilerplate", "lost_in_capture")
        )
