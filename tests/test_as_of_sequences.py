"""Tables as of a version, whatever came before and after: rows, names and fields that go and come again."""

from __future__ import annotations

import shutil

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fmdata.contract import load_published
from fmdata.history import at_folder, difference
from fmdata.history import log as history
from fmdata.sql import name
from fmdata.writers.as_of import as_of
from fmdata.writers.csv import published_rows, published_values
from histories import alike, build_released, change, edited, log, orchard
from releases import field, table
from releases import release as written

pytestmark = pytest.mark.usefixtures("without_frictionless")


FIELDS = [field("id"), field("at", "integer"), field("n", "integer"), field("s", missingValues=["NA"]), field("t")]
CELLS = st.tuples(st.sampled_from([None, "1", "2"]), st.sampled_from([None, "", "x"]), st.sampled_from([None, "y"]))
TABLES = st.dictionaries(st.tuples(st.sampled_from(["a", "a 1", "*"]), st.sampled_from(["1", "2"])), CELLS)


def as_published(rows):
    """A blank of `s` has a word of its own; its empty text is one."""
    return [[*key, n, "NA" if s is None else s, t] for key, (n, s, t) in sorted(rows.items())]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TABLES, min_size=2, max_size=4))
def test_any_sequence_of_releases_is_told(tmp_path, contents):
    """Rows that come, go, come again under the same key, and change."""
    shutil.rmtree(tmp_path / "made", ignore_errors=True)
    versions = [f"{number}.0.0" for number in range(1, len(contents) + 1)]
    log_table = table("_changes", log()["schema"]["fields"], [], log()["schema"]["primaryKey"], generated="changes")
    folders = [
        written(tmp_path / "made" / version, [table("t", FIELDS, as_published(rows), ["id", "at"]), log_table],
                version, releases=versions[:place])
        for place, (version, rows) in enumerate(zip(versions, contents, strict=True))
    ]  # fmt: skip
    package = load_published(folders[-1])
    own, told = package.resource("t"), package.resource("_changes")
    with duckdb.connect() as con:
        columns = ", ".join(f"{name(column)} VARCHAR" for column in told.names())
        con.execute(f"CREATE TABLE _changes ({columns}, _file VARCHAR, _line BIGINT)")
        for before, after, version in zip(folders, folders[1:], versions[1:], strict=False):
            found = difference(con, at_folder(before, "before"), at_folder(after, "after"))
            history.add(con, told, found, version, {})
        # As CSV has it.
        con.execute("UPDATE _changes SET old_value = nullif(old_value, '')")
        con.execute(f"CREATE TABLE t AS SELECT {published_values(own)} FROM {published_rows(own, folders[-1])}")
        for statement in as_of(package, {"t": 0, "_changes": 0}):
            con.execute(statement)
        for version, rows in zip(versions, contents, strict=True):
            values = [(i, int(at), int(n) if n else None, s, t) for (i, at), (n, s, t) in rows.items()]
            assert alike(con.execute(f"FROM t_as_of('{version}')").fetchall()) == alike(values)


def test_names_of_ours_are_no_names_of_theirs(tmp_path, run):
    """Columns and tables that are called as the macro's own might be."""
    columns = ("key_", "place", "came", "went", "lost", "row_key", "version", "change", "own", "now_", "old0", "is0")
    shape = {"fields": [{"name": own, "type": "string"} for own in columns], "primaryKey": "key_"}
    root = orchard(tmp_path / "orchard")
    for file, place in (("datapackage.json", "dist/latest/data/{}.csv"), ("raw/datapackage.json", "{}.csv")):
        with edited(root / file) as contract:
            contract["resources"] += [
                {"name": own, "path": place.format(own), "schema": shape} for own in ("known", "log", "asked", "then_")
            ]
    for own in ("known", "log", "asked", "then_"):
        (root / f"raw/{own}.csv").write_text(",".join(columns) + "\n" + ",".join("abcdefghijkl") + "\n")
        (root / f"pipeline/tables/{own}.sql").write_text(f"SELECT * FROM raw.{own}")
    build_released(root, "1.0.0")
    for own in ("known", "log", "asked", "then_"):
        (root / f"raw/{own}.csv").write_text(",".join(columns) + "\n" + ",".join("aBCDEFGHIJKL") + "\n")
    build_released(root, "1.0.1")
    with duckdb.connect(str(root / "dist/latest/orchard.duckdb"), read_only=True) as con:
        for own in ("known", "log", "asked", "then_"):
            assert con.execute(f"FROM {own}_as_of('1.0.0')").fetchall() == [tuple("abcdefghijkl")]
            assert con.execute(f"FROM {own}_as_of('1.0.1')").fetchall() == [tuple("aBCDEFGHIJKL")]


def test_a_field_that_was_removed_and_came_again_is_not_blank_before(tmp_path, run):
    root = orchard(tmp_path / "orchard")
    build_released(root, "1.0.0")
    with edited(root / "datapackage.json") as contract:
        del contract["resources"][0]["schema"]["fields"][3]
    change(root, "pipeline/tables/trees.sql", ", planted", "")
    build_released(root, "2.0.0")
    with edited(root / "datapackage.json") as contract:
        contract["resources"][0]["schema"]["fields"].append({"name": "planted", "type": "date"})
    change(root, "pipeline/tables/trees.sql", "height", "height, planted")
    build_released(root, "3.0.0")
    ask = "SELECT max({}) AS most FROM trees_as_of('{}')"
    for column, version, most in (
        ("height", "1.0.0", "7"),
        ("planted", "2.0.0", ""),
        ("planted", "3.0.0", "2001-10-15"),
    ):
        told = run("query", ask.format(column, version), "--format", "csv", "--root", root)
        assert told.stdout.splitlines()[1].strip(chr(34)) == most
    told = run("query", ask.format("planted", "1.0.0"), "--root", root)
    assert told.exit_code == 1 and "what a field held before it was removed is not kept: planted" in told.stderr
