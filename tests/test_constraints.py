"""Every constraint that the two contracts declare is broken, and the engine names the place, the field and the rule.

The constraints are read from the descriptors as they stand, not from the engine's model of them, so that one the engine
overlooked would go uncaught here. A real row of the table is the ground; each way of breaking a constraint is a copy of
it, as text, with a line of its own. All of them must be reported under the constraint's name, and at least one under no
other name; where stricter constraints leave no such text, the constraint is checked in a schema that holds it alone.
A text without a format is of its type whatever it says: there is nothing to break.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import dataclass, replace

import pytest

from breaking import INVENTED, WAYS
from conftest import ROOT
from fmdata.casts import cast
from fmdata.checks import check_keys, check_rows
from fmdata.contract import Field, load
from fmdata.contract.load import names
from fmdata.contract.types import write
from fmdata.extracts import manifest
from fmdata.failing import listed
from fmdata.failures import told_once
from fmdata.sql import name

# contract -> the schema of the workspace that holds its rows
CONTRACTS = {"datapackage.json": "main", "raw/datapackage.json": "raw"}
DESCRIPTORS = {path: json.loads((ROOT / path).read_text(encoding="utf-8")) for path in CONTRACTS}
TABLES = [(path, resource["name"]) for path, found in DESCRIPTORS.items() for resource in found["resources"]]


@dataclass(frozen=True)
class Constraint:
    """One declared constraint; `fields` are the names of the fields it is on, `parameter` what the contract says."""

    rule: str
    fields: tuple[str, ...]
    parameter: object = True

    @property
    def reported(self):
        return ", ".join(self.fields), self.rule


def of_rows(schema):
    """The constraints that a row keeps or breaks by itself."""
    key = names(schema.get("primaryKey", ()))
    for field in schema["fields"]:
        own, kind = dict(field.get("constraints", {})), field.get("type", "string")
        if kind != "string" or field.get("format", "default") != "default":
            yield Constraint("type", (field["name"],), field.get("format", "default") if kind == "string" else kind)
        if kind in ("string", "any") and not field.get("allowFormulas") and "enum" not in own:
            yield Constraint("formula", (field["name"],))
        if own.pop("required", False) or field["name"] in key:
            yield Constraint("required", (field["name"],))
        own.pop("unique", None)
        for rule, parameter in own.items():
            yield Constraint(rule, (field["name"],), parameter)


def of_tables(schema):
    """The constraints that are a matter of whole tables: keys."""
    if key := names(schema.get("primaryKey", ())):
        yield Constraint("primary key", key)
    for key in schema.get("uniqueKeys", ()):
        yield Constraint("unique", names(key))
    for field in schema["fields"]:
        if field.get("constraints", {}).get("unique"):
            yield Constraint("unique", (field["name"],))
    for key in schema.get("foreignKeys", ()):
        yield Constraint("foreign key", names(key["fields"]), key["reference"]["resource"])


def declared(path, table):
    """The constraints of a table's contract: those of rows, and those of the whole table."""
    schema = next(r["schema"] for r in DESCRIPTORS[path]["resources"] if r["name"] == table)
    return list(of_rows(schema)), list(of_tables(schema))


# The engine's word on rows -------------------------------------------------------------------------------------------


def texts(con, schema, resource):
    """Every row of a table as text, as an extract has it, with its file and line."""
    cells = ", ".join(f"coalesce({write(f, name(f.name))}, '') AS {name(f.name)}" for f in resource.fields)
    rows = con.execute(f"SELECT {cells}, _file, _line FROM {schema}.{name(resource.name)}").fetchall()
    if not rows:
        return [{**INVENTED[resource.name], "_file": f"raw/{resource.name}.csv", "_line": 2}]
    return [dict(zip([*resource.names(), "_file", "_line"], row, strict=True)) for row in rows]


def typed(con, resource, rows, target):
    """Cast rows of text to the table `target`; returns what the cast has against them."""
    columns = [*resource.names(), "_file", "_line"]
    shape = ", ".join(f"{name(c)} {'BIGINT' if c == '_line' else 'VARCHAR'}" for c in columns)
    con.execute(f"CREATE OR REPLACE TEMP TABLE staged ({shape}); DROP TABLE IF EXISTS {target}")
    values = ", ".join(f"unnest(CAST(? AS {'BIGINT' if c == '_line' else 'VARCHAR'}[]))" for c in columns)
    con.execute(f"INSERT INTO staged SELECT {values}", [[row[c] for row in rows] for c in columns])
    return listed(cast(con, "staged", target, resource))


def reported(con, resource, rows):
    """What the engine has against each row by itself: line -> (field, rule)."""
    failures = typed(con, resource, rows, "selected.broken") + listed(check_rows(con, "selected.broken", resource, []))
    found = {row["_line"]: set() for row in rows}
    for failure in told_once(failures):
        assert (failure.resource, failure.file) == (resource.name, rows[0]["_file"])
        found[failure.line].add((failure.field, failure.rule))
    return found


def alone(resource, constraint):
    """The resource with one field and one constraint; without missing values an empty text is a value."""
    field = resource.field(constraint.fields[0])
    own = {k: v for k, v in field.descriptor.items() if k == "type" or (k == "format" and constraint.rule == "type")}
    own |= {"name": field.name, "allowFormulas": constraint.rule != "formula"}
    if constraint.rule not in ("type", "formula"):
        own["constraints"] = {constraint.rule: constraint.parameter}
    missing = field.missing_values if constraint.rule == "required" else ()
    return replace(
        resource, fields=(Field(field.name, field.type, own, missing),), primary_key=(), unique_keys=(), foreign_keys=()
    )


@dataclass
class Tally:
    declared: Counter
    caught: Counter
    isolated: int = 0


@pytest.fixture(scope="module")
def tally(tell):
    """What was declared and what was caught, told at the end of the run, rule by rule."""
    found = Tally(Counter(), Counter())
    yield found
    total, caught = found.declared.total(), found.caught.total()
    share = f"{100 * caught / total:.4g} %" if total else "none declared"
    tell(f"{caught} of {total} constraints broken and caught ({share})")
    each = [f"{rule} {found.caught[rule]}/{count}" for rule, count in sorted(found.declared.items())]
    tell(f"  {', '.join(each)}; {found.isolated} of them in isolation, where a stricter one catches first")


@pytest.fixture(scope="module")
def packages():
    contract = load(ROOT)
    return dict(zip(CONTRACTS, (contract, manifest(contract)), strict=True))


@pytest.mark.parametrize(("path", "table"), TABLES, ids=[f"{CONTRACTS[p]}.{t}" for p, t in TABLES])
def test_constraints_of_rows(assembled, packages, tally, path, table):
    resource = packages[path].resource(table)
    constraints, _ = declared(path, table)
    tally.declared.update(constraint.rule for constraint in constraints)
    ground = {**texts(assembled, CONTRACTS[path], resource)[0], "_line": 1}
    rows, cases = [ground], []
    for constraint in constraints:
        assert constraint.rule in WAYS, f"no way to break {constraint.rule}"
        field = constraint.fields[0]
        ways = WAYS[constraint.rule](constraint.parameter, ground[field])
        copies = [{**ground, field: value, "_line": 0} for value in itertools.chain(*ways)]
        for line, row in enumerate(copies, len(rows) + 1):
            row["_line"] = line
        rows += copies
        cases.append((constraint, copies[: len(ways[0])], copies[len(ways[0]) :]))
    found = reported(assembled, resource, rows)
    assert found[1] == set(), "the real row itself is refused"
    silent = []
    for constraint, bad, good in cases:
        wolf = [row for row in good if constraint.reported in found[row["_line"]]]
        assert not wolf, f"{constraint} is said to be broken by what keeps it"
        caught, isolated = is_caught(assembled, resource, constraint, bad, found)
        tally.caught[constraint.rule] += caught
        tally.isolated += isolated
        silent += [] if caught else [(constraint, [(row[constraint.fields[0]], found[row["_line"]]) for row in bad])]
    assert not silent


def is_caught(con, resource, constraint, bad, found):
    """Whether every row of `bad` is reported, and one of them under nothing else; and whether that took isolation."""
    # A blank is no text that is too short, whatever its length: only isolation tells.
    lines = [found[row["_line"]] for row in bad if constraint.rule == "required" or row[constraint.fields[0]]]
    if any(constraint.reported not in line for line in lines):
        return False, False
    if {constraint.reported} in lines:
        return True, False
    single = reported(con, alone(resource, constraint), bad)
    return bool(bad) and all(line == {constraint.reported} for line in single.values()), True


@pytest.fixture(scope="module")
def keyed(assembled, packages):
    """Schemas in which every table stands as a view of the real one, so that one of them can be replaced."""
    for path, schema in CONTRACTS.items():
        assembled.execute(f"CREATE SCHEMA keyed_{schema}")
        for resource in packages[path]:
            assembled.execute(
                f"CREATE VIEW keyed_{schema}.{name(resource.name)} AS FROM {schema}.{name(resource.name)}"
            )
    yield assembled
    for schema in CONTRACTS.values():
        assembled.execute(f"DROP SCHEMA keyed_{schema} CASCADE")


def free(resource, row, kept):
    """A copy of a row that clashes with no row in any other key than `kept`, and still leads where it led."""
    led = {field for key in resource.foreign_keys for field in key.fields}
    copy = {**row, "_line": 1_000_000}
    for key in resource.keys:
        if key != kept:
            field = next(field for field in key if field not in led | set(kept))
            copy[field] = "1000000" if resource.field(field).type == "integer" else f"{row[field]}x"
    return copy


@pytest.mark.parametrize(("path", "table"), TABLES, ids=[f"{CONTRACTS[p]}.{t}" for p, t in TABLES])
def test_constraints_of_tables(keyed, packages, tally, path, table):
    resource, schema = packages[path].resource(table), f"keyed_{CONTRACTS[path]}"
    _, constraints = declared(path, table)
    rows = texts(keyed, CONTRACTS[path], resource)
    tally.declared.update(constraint.rule for constraint in constraints)
    place = f"{schema}.{name(table)}"
    keyed.execute(f"DROP VIEW {place}")

    def failing(changed):
        assert not typed(keyed, resource, changed, place)
        return [(f.resource, f.field, f.rule, f.file, f.line) for f in listed(check_keys(keyed, schema, resource))]

    try:
        assert failing(rows) == []
        silent = []
        for constraint in constraints:
            if constraint.rule == "foreign key":
                ground = rows[0]
                stray = {**ground, **dict.fromkeys(constraint.fields, "no-such-row")}
                changed = [stray, *rows[1:]]
                optional = [f for f in constraint.fields if not resource.field(f).required]
                blank = {**ground, **dict.fromkeys(optional, "")}
                assert not optional or failing([blank, *rows[1:]]) == [], "a blank leads nowhere, and need not"
            else:
                ground = next(row for row in rows if all(row[field] for field in constraint.fields))
                stray = free(resource, ground, constraint.fields)
                changed = [*rows, stray]
            found = failing(changed)
            caught = found == [(table, *constraint.reported, stray["_file"], stray["_line"])]
            tally.caught[constraint.rule] += caught
            silent += [] if caught else [(constraint, found)]
        assert not silent
    finally:
        keyed.execute(f"DROP TABLE IF EXISTS {place}; CREATE VIEW {place} AS FROM {CONTRACTS[path]}.{name(table)}")
