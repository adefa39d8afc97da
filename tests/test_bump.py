"""Each change of a release is weighed by its rule of the recipe, and by no other."""

from __future__ import annotations

import duckdb
import pytest

from contracts import (
    VIEW,
    add_field,
    also,
    base,
    cell,
    constrain,
    describe,
    drop,
    move,
    put,
    remove_row,
    rename,
    retype,
    schema,
    view,
    written,
)
from fmdata.errors import FmdataError
from fmdata.history import Bump, Version, at_folder, difference, minimum, parse, recipe
from fmdata.history.recipe import Rule
from releases import field, table

REFERENCE = {"fields": "tree_id", "reference": {"resource": "trees", "fields": "tree_id"}}
ASH_OAK = ["ash", "oak"]
CODE = {"resource": "trees", "fields": "code"}
MORE = {"name": "b", "description": "B"}
# What is changed -> the rules that weigh it, all of them.
CASES = {
    "package name": (put(name="shrubs"), [recipe.IDENTITY]),
    "package id": (put(id="urn:x:2"), [recipe.IDENTITY]),
    "table removed": (lambda p: p["tables"].pop(2), [recipe.TABLE_REMOVED]),
    "table renamed": (lambda p: p["tables"][2].update(name="remarks"), [recipe.IDENTITY]),
    "table added": (lambda p: p["tables"].append(table("new", [field("x")], [["1"]], "x")), [recipe.TABLE_ADDED]),
    "field removed": (also(drop(7), schema(uniqueKeys=["code"])), [recipe.FIELD_REMOVED, recipe.LOOSER]),
    "field removed alone": (drop(6), [recipe.FIELD_REMOVED]),
    "field renamed": (rename("height", "metres"), [recipe.IDENTITY]),
    "field renamed with its words": (also(describe("height", title="M"), rename("height", "metres")),
                                     [recipe.IDENTITY, recipe.WORDS]),
    "field renamed and described": (also(describe("height", description="H"), rename("height", "metres")),
                                    [recipe.IDENTITY, recipe.WORDS]),
    "a field of another type in its place": (also(rename("age", "years"), retype("years", "number")),
                                             [recipe.FIELD_REMOVED, recipe.FIELD_ADDED]),
    "key field renamed": (also(rename("bird_id", "id", 1), schema(1, primaryKey="id")), [recipe.IDENTITY]),
    "field added": (add_field, [recipe.FIELD_ADDED]),
    "fields re-ordered": (move, [recipe.REORDERED]),
    "type": (describe("age", type="number"), [recipe.TYPE]),
    "format": (describe("code", format="email", constraints={}), [recipe.TYPE, recipe.LOOSER]),
    "true values": (describe("tall", trueValues=["true", "yes"]), [recipe.TYPE]),
    "decimal character": (describe("height", decimalChar=",", constraints={"minimum": 0, "exclusiveMaximum": 150}),
                          [recipe.TYPE]),
    "unit": (describe("height", unit="ft"), [recipe.TYPE]),
    "unit given": (describe("age", unit="a"), [recipe.WORDS]),
    "blanks written in another way": (describe("label", missingValues=["-", ""]), [recipe.TYPE]),
    "primary key": (schema(1, primaryKey="word"), [recipe.KEY]),
    "primary key gone": (schema(1, primaryKey=[]), [recipe.KEY]),
    "foreign key to another": (schema(1, foreignKeys=[{**REFERENCE, "reference": CODE}]), [recipe.KEY]),
    "foreign key gone": (schema(1, foreignKeys=[]), [recipe.LOOSER]),
    "foreign key added": (schema(1, foreignKeys=[REFERENCE, {**REFERENCE, "fields": "tree_code"}]), [recipe.REFERENCE]),
    "unique key added": (schema(uniqueKeys=[["name", "seen"], "code", ["age", "seen"]]), [recipe.STRICTER]),
    "unique field": (constrain("label", unique=True), [recipe.STRICTER]),
    "unique key gone": (schema(uniqueKeys=["code"]), [recipe.LOOSER]),
    "required": (constrain("kind", required=True), [recipe.STRICTER]),
    "required no more": (constrain("name", required=None), [recipe.LOOSER]),
    "required key": (constrain("tree_id", required=True), [recipe.WORDS]),
    "minimum raised": (constrain("height", minimum=1), [recipe.STRICTER]),
    "minimum lowered": (constrain("height", minimum=-1), [recipe.LOOSER]),
    "minimum removed": (constrain("height", minimum=None), [recipe.LOOSER]),
    "minimum exclusive": (constrain("height", minimum=None, exclusiveMinimum=0), [recipe.STRICTER] * 2),
    "whole minimum in other words": (constrain("age", minimum=1, exclusiveMinimum=None), [recipe.WORDS] * 2),
    "whole minimum lower": (constrain("age", minimum=0, exclusiveMinimum=None), [recipe.LOOSER] * 2),
    "minimum that counts not": (constrain("age", minimum=-5), [recipe.WORDS]),
    "minimum added": (constrain("seen", minimum="2024-01-01"), [recipe.STRICTER]),
    "maximum lowered": (constrain("height", exclusiveMaximum=149), [recipe.STRICTER]),
    "maximum raised": (constrain("height", exclusiveMaximum=151), [recipe.LOOSER]),
    "maximum no more exclusive": (constrain("height", exclusiveMaximum=None, maximum=150), [recipe.LOOSER] * 2),
    "longer": (constrain("name", maxLength=21), [recipe.LOOSER]),
    "shorter": (constrain("name", maxLength=19), [recipe.STRICTER]),
    "any length": (constrain("name", maxLength=None), [recipe.LOOSER]),
    "least length raised": (constrain("code", minLength=3), [recipe.STRICTER]),
    "least length lowered": (constrain("code", minLength=1), [recipe.LOOSER]),
    "pattern": (constrain("kind", pattern="[a-z]*"), [recipe.STRICTER]),
    "pattern gone": (constrain("kind", pattern=None), [recipe.LOOSER]),
    "enum with more": (constrain("kind", enum=["oak", "ash", "elm"]), [recipe.LOOSER]),
    "enum with less": (constrain("kind", enum=["ash"]), [recipe.STRICTER]),
    "enum with others": (constrain("kind", enum=["ash", "elm"]), [recipe.STRICTER, recipe.LOOSER]),
    "enum in another order": (constrain("kind", enum=["ash", "oak"]), [recipe.WORDS]),
    "ordered categories in another order": (
        also(constrain("kind", enum=ASH_OAK), describe("kind", categories=ASH_OAK, categoriesOrdered=True)),
        [recipe.TYPE, recipe.TYPE, recipe.WORDS]),
    "bounds of another type": (also(retype("age", "number"), constrain("age", exclusiveMinimum=-5)),
                               [recipe.TYPE, recipe.STRICTER]),
    "enum of another type": (also(retype("kind", "any"), constrain("kind", enum=["oak", "ash", "elm"])),
                             [recipe.TYPE, recipe.STRICTER]),
    "enum gone": (constrain("kind", enum=None), [recipe.LOOSER]),
    "enum added": (constrain("code", enum=["aa", "bb", "cc"]), [recipe.STRICTER]),
    "missing value added": (describe("label", missingValues=["", "-", "?"]), [recipe.STRICTER]),
    "missing value removed": (describe("label", missingValues=[""]), [recipe.LOOSER]),
    "formulas": (describe("name", allowFormulas=True), [recipe.LOOSER]),
    "a value": (cell(0, 2, "21"), [recipe.CORRECTED]),
    "a blank filled": (cell(2, 2, "21"), [recipe.CORRECTED]),
    "row added": (lambda p: p["tables"][1]["rows"].append(["b3", "t1", None, None]), [recipe.ROWS_ADDED]),
    "row removed": (remove_row(1), [recipe.ROWS_REMOVED]),
    "row removed that rows refer to": (also(remove_row(0), cell(0, 1, "t2", 1)),
                                       [recipe.REFERENCED, recipe.ROWS_REMOVED, recipe.CORRECTED]),
    "row without a key less": (remove_row(0, 2), [recipe.ROWS_REMOVED]),
    "rows in another order": (lambda p: [t["rows"].reverse() for t in p["tables"]], []),
    "description": (describe("name", description="What people call it."), [recipe.WORDS]),
    "title of a table": (lambda p: p["tables"][0].update(title="All trees"), [recipe.WORDS]),
    "title of the package": (put(title="Our trees"), [recipe.WORDS]),
    "license": (put(licenses=[{"name": "CC-BY-4.0"}]), [recipe.WORDS]),
    "tables in another order": (lambda p: p["tables"].reverse(), [recipe.WORDS]),
    "version": (put(version="9.9.9"), []),
    "view removed": (put(views=[]), [recipe.TABLE_REMOVED]),
    "view added": (lambda p: p["views"].append({**VIEW, "name": "wide"}), [recipe.TABLE_ADDED]),
    "column of a view added": (lambda p: p["views"][0]["fields"].append(MORE), [recipe.FIELD_ADDED]),
    "column of a view renamed": (view(fields=[MORE]), [recipe.FIELD_REMOVED, recipe.FIELD_ADDED]),
    "words of a view": (view(description="Trees that are tall"), [recipe.WORDS]),
    "words of a view's column": (view(fields=[{"name": "a", "description": "An a"}]), [recipe.WORDS]),
    "nothing": (lambda p: None, []),
}  # fmt: skip


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    return at_folder(written(tmp_path_factory.mktemp("base") / "old", base()), "old")


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        yield con


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_weighed_by_its_rule_and_no_other(case, old, con, tmp_path):
    change, rules = CASES[case]
    after = base()
    change(after)
    found = difference(con, old, at_folder(written(tmp_path / "new", after), "new"))
    least = minimum(old.version, found)
    # A version alone, and rows in another order, are no difference.
    assert bool(found) == bool(rules)
    assert sorted(reason.rule.name for reason in least.reasons) == sorted(rule.name for rule in rules)
    assert least.bump == max((rule.bump for rule in rules), default=Bump.NONE)
    assert least.version == Version(1, 0, 0).raised(least.bump)
    assert [r.rule.bump for r in least.reasons] == sorted((r.rule.bump for r in least.reasons), reverse=True)
    assert all(reason.rule.bump == least.bump for reason in least.forcing())


def test_every_rule_has_a_case():
    rules = {rule for rule in vars(recipe).values() if isinstance(rule, Rule)}
    tried = {rule for _, rules in CASES.values() for rule in rules}
    assert rules - tried == {recipe.FOLLOWS}


def test_versions():
    assert parse("10.2.33", "x") == Version(10, 2, 33) > Version(9, 99, 99)
    assert [str(Version(1, 2, 3).raised(bump)) for bump in Bump] == ["1.2.3", "1.2.4", "1.3.0", "2.0.0"]
    wrong = ("1.0", "01.0.0", "1.0.0-rc", "1.0.0+b", " 1.0.0", "1.0.0\n", "v1.0.0", "", "1.0.0.0", "1.-1.0", "١.0.0")
    for text in wrong:
        with pytest.raises(FmdataError, match=r"^here: .* is not a version of data"):
            parse(text, "here")
