"""Every constraint that the shipped DuckDB file carries refuses a row that breaks it, and lets the row in otherwise.

What the file ought to carry is read from the contract; what it does carry, from the file itself. A real row of each
table, with new keys, is the ground: it is let in, and each copy with one cell changed is refused, in DuckDB's own words
for that constraint. Types' formats and formulas are the engine's to check, not the file's.

And the file explains itself: everything in it has a comment, and every column is in its dictionary.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import dataclass

import duckdb
import pytest

from breaking import INVENTED
from conftest import ROOT

CONTRACT = json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))
SCHEMAS = {resource["name"]: resource["schema"] for resource in CONTRACT["resources"]}
# constraint of the contract -> how its CHECK reads in the file: column, then the contract's parameter
CHECKS = {
    "minimum": r"\(.?{}.? >= CAST\('{}", "maximum": r"\(.?{}.? <= CAST\('{}",
    "exclusiveMinimum": r"\(.?{}.? > CAST\('{}", "exclusiveMaximum": r"\(.?{}.? < CAST\('{}",
    "minLength": r"length\(.?{}.?\) >= {}\)", "maxLength": r"length\(.?{}.?\) <= {}\)",
    "pattern": r"regexp_full_match\(.?{}.?, '{}'\)", "enum": r"\(.?{}.? IN .*{}",
}  # fmt: skip
OTHER_FORMS = ["?", "x y z and no more", " x", "x ", "Ä", "9", ""]


@dataclass(frozen=True)
class Constraint:
    """One constraint of the file: its kind in DuckDB's words, its columns, and for a CHECK the contract's name."""

    kind: str
    columns: tuple[str, ...]
    rule: str = ""


def names(value):
    return (value,) if isinstance(value, str) else tuple(value)


def keys(schema):
    """The primary key, then what else must be unique."""
    single = [(f["name"],) for f in schema["fields"] if f.get("constraints", {}).get("unique")]
    return [names(schema["primaryKey"]), *map(names, schema.get("uniqueKeys", ())), *single]


def declared(schema):
    """What the file has to carry for a table."""
    primary, *unique = keys(schema)
    found = [Constraint("PRIMARY KEY", primary), *(Constraint("UNIQUE", key) for key in unique)]
    found += [Constraint("FOREIGN KEY", names(key["fields"])) for key in schema.get("foreignKeys", ())]
    for field in schema["fields"]:
        own, column = field.get("constraints", {}), (field["name"],)
        if own.get("required") or field["name"] in primary:
            found.append(Constraint("NOT NULL", column))
        for rule in own.keys() - {"required", "unique"}:
            enum = rule == "enum" and field["type"] == "string"
            found.append(Constraint("ENUM" if enum else "CHECK", column, "" if enum else rule))
    return sorted(found, key=lambda c: (c.kind, c.columns, c.rule))


def carried(con, table):
    """What the file carries for a table, a CHECK without the contract's name for it."""
    rows = con.execute(
        "SELECT constraint_type, constraint_column_names FROM duckdb_constraints() WHERE table_name = ? UNION ALL "
        "SELECT 'ENUM', [column_name] FROM duckdb_columns() WHERE table_name = ? AND data_type LIKE 'ENUM%'",
        [table, table],
    ).fetchall()
    return Counter((kind, tuple(columns)) for kind, columns in rows)


@pytest.fixture(scope="module")
def con(built, tmp_path_factory):
    path = tmp_path_factory.mktemp("ddl") / "copy.duckdb"
    shutil.copyfile(built.folder / f"{built.name}.duckdb", path)
    with duckdb.connect(str(path)) as connection:
        for table, row in INVENTED.items():
            places = ", ".join("?" * len(row))
            rows = f"(VALUES ({places})) AS invented({', '.join(row)})"
            connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM {rows}', [*row.values()])
        yield connection


@pytest.fixture(scope="module")
def tally(tell):
    total, refused = Counter(), Counter()
    yield total, refused
    each = ", ".join(f"{kind} {refused[kind]}/{count}" for kind, count in sorted(total.items()))
    share = f"{100 * refused.total() / max(total.total(), 1):.4g} %"
    tell(f"{refused.total()} of {total.total()} constraints of the DuckDB file broken and refused ({share})")
    tell(f"  {each}")


def column(con, table, field):
    """Every value of a column."""
    return [row[0] for row in con.execute(f'SELECT DISTINCT "{field}" FROM "{table}" ORDER BY 1').fetchall()]


def leads(schema, field):
    """The table and field that a field leads to, or None."""
    for key in schema.get("foreignKeys", ()):
        if field in names(key["fields"]):
            return key["reference"]["resource"], names(key["reference"]["fields"])[names(key["fields"]).index(field)]
    return None


def new_values(con, table, field, value):
    """Values that a field could take in a new row, and keeps its other constraints with."""
    schema = SCHEMAS[table]
    own = next(f for f in schema["fields"] if f["name"] == field)
    if target := leads(schema, field):
        return column(con, *target)
    if enum := own.get("constraints", {}).get("enum"):
        return enum
    return [unused(con, table, field, value, own.get("constraints", {}).get("pattern", ".*"))]


def unused(con, table, field, value, pattern):
    """A value that a table's column does not hold, of the form it asks for."""
    there = set(column(con, table, field))
    if isinstance(value, int):
        return max(there) + 1
    tried = [f"{value}x", f"{value}-x", f"{value}9", f"{value[:-1]}0", f"{value[:-1]}1"]
    return next(text for text in tried if text not in there and re.fullmatch(pattern, text))


def new_row(con, table, ground, kept=()):
    """A copy of a row that clashes with none, unless in the key `kept`."""
    row = dict(ground)
    for key in keys(SCHEMAS[table]):
        if key == kept:
            continue
        taken = set(con.execute(f'SELECT {", ".join(map(quoted, key))} FROM "{table}"').fetchall())
        ways = (
            {**row, field: v} for field in key if field not in kept for v in new_values(con, table, field, row[field])
        )
        row = next(way for way in ways if tuple(way[field] for field in key) not in taken)
    return row


def quoted(identifier):
    return f'"{identifier}"'


def insert(con, table, row):
    """What DuckDB has against a new row, "" when it lets it in; the table is as before."""
    con.execute("BEGIN")
    try:
        places = ", ".join("?" * len(row))
        con.execute(f'INSERT INTO "{table}" ({", ".join(map(quoted, row))}) VALUES ({places})', list(row.values()))
    except (duckdb.ConstraintException, duckdb.ConversionException) as error:
        return str(error)
    finally:
        con.execute("ROLLBACK")
    return ""


def bad_values(con, table, constraint, value):
    """Values of one column that break a CHECK, an ENUM or a foreign key, and what DuckDB's message has to hold."""
    field = next(f for f in SCHEMAS[table]["fields"] if f["name"] == constraint.columns[0])
    if constraint.kind == "ENUM":
        return ["no such value"], "Could not convert string 'no such value'"
    if constraint.kind == "FOREIGN KEY":
        target = leads(SCHEMAS[table], field["name"])
        ground = value or column(con, *target)[0]
        return [
            unused(con, *target, ground, field.get("constraints", {}).get("pattern", ".*"))
        ], "foreign key constraint"
    limit = field["constraints"][constraint.rule]
    message = f'CHECK constraint failed on table "?{table}"? with expression .*'
    message += CHECKS[constraint.rule].format(field["name"], re.escape(str(limit).replace("'", "''")))
    if constraint.rule == "pattern":
        return [text for text in OTHER_FORMS if not re.fullmatch(limit, text)], message
    if constraint.rule == "enum":
        return [max(limit) + 1], message
    if constraint.rule in ("minLength", "maxLength"):
        length = limit + (1 if constraint.rule == "maxLength" else -1)
        return ["x" * length, "x" * (length - 1) + "."] if length else [""], message
    step = {"minimum": -1, "maximum": 1}.get(constraint.rule, 0)
    return [f"{int(limit[:4]) + step}{limit[4:]}" if isinstance(limit, str) else limit + step], message


def breaks(con, table, constraint, ground):
    """(row, what DuckDB's message has to hold) for each way of breaking a constraint."""
    if constraint.kind in ("PRIMARY KEY", "UNIQUE"):
        words = "primary key constraint" if constraint.kind == "PRIMARY KEY" else "unique constraint"
        return [(new_row(con, table, ground, constraint.columns), words)]
    row, field = new_row(con, table, ground), constraint.columns[0]
    if constraint.kind == "NOT NULL":
        return [({**row, field: None}, rf'NOT NULL constraint failed: "?{table}"?\."?{field}"?$')]
    values, message = bad_values(con, table, constraint, row[field])
    return [({**row, field: value}, message) for value in values]


@pytest.mark.parametrize("table", SCHEMAS)
def test_the_file_refuses_what_breaks_its_constraints(con, tally, table):
    constraints, (total, refused) = declared(SCHEMAS[table]), tally
    total.update(constraint.kind for constraint in constraints)
    assert carried(con, table) == Counter((c.kind, c.columns) for c in constraints)
    ground = con.execute(f'SELECT * FROM "{table}" LIMIT 1')
    ground = dict(zip([c[0] for c in ground.description], ground.fetchall()[0], strict=True))
    assert insert(con, table, new_row(con, table, ground)) == "", "a row that breaks nothing is refused"
    let_in = []
    for constraint in constraints:
        answers = [(insert(con, table, row), words) for row, words in breaks(con, table, constraint, ground)]
        # A text may break two CHECKs, of which DuckDB names the first: one text has to be named for this one.
        caught = all(answer for answer, _ in answers) and any(re.search(w, a, re.DOTALL) for a, w in answers)
        refused[constraint.kind] += caught
        let_in += [] if caught else [(constraint, answers)]
    assert not let_in


def test_the_database_explains_itself(built):
    with duckdb.connect(str(built.folder / "fmdata.duckdb"), read_only=True) as con:
        silent = con.execute(
            "SELECT table_name, NULL FROM duckdb_tables() WHERE comment IS NULL UNION ALL "
            "SELECT view_name, NULL FROM duckdb_views() WHERE NOT internal AND comment IS NULL UNION ALL "
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL UNION ALL "
            "SELECT function_name, NULL FROM duckdb_functions() WHERE NOT internal AND comment IS NULL"
        ).fetchall()
        assert silent == []
        told = con.execute("SELECT name, version, content_hash FROM _release").fetchall()
        assert told == [("fmdata", built.version, built.content)]
        columns = con.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal").fetchall()
        columns += [("where_from", row[0]) for row in con.execute("DESCRIBE FROM where_from('', '')").fetchall()]
        listed = con.execute("SELECT table_name, column_name FROM _dictionary").fetchall()
        assert sorted(listed) == sorted(row for row in columns if row[0] not in ("_release", "_dictionary"))
