"""Each change of a release is weighed by its rule of the recipe, and by no other."""

from __future__ import annotations

import copy

import duckdb
import pytest

from fmdata.errors import FmdataError
from fmdata.history import Bump, Version, at_folder, difference, minimum, parse, recipe
from fmdata.history.recipe import Rule
from releases import compared, field, release, table, weighed

TREES = table(
    "trees",
    [
        field("tree_id"),
        field("name", constraints={"required": True, "maxLength": 20}),
        field("height", "number", constraints={"minimum": 0, "exclusiveMaximum": 150}, unit="m"),
        field("age", "integer", constraints={"exclusiveMinimum": 0}),
        field("kind", constraints={"enum": ["oak", "ash"], "pattern": "[a-z]+"}),
        field("code", constraints={"minLength": 2}),
        field("tall", "boolean"),
        field("seen", "date"),
        field("label", missingValues=["", "-"]),
    ],
    [
        ["t1", "Old oak", "20.5", "300", "oak", "aa", "true", "2024-05-01", "x"],
        ["t2", "Ash", "12", "40", "ash", "bb", "false", "2024-05-02", None],
        ["t3", "Lone", None, "7", "ash", "cc", None, "2024-05-03", None],
    ],
    "tree_id",
    uniqueKeys=[["name", "seen"], "code"],
    title="Trees",
)
BIRDS = table(
    "birds",
    [field("bird_id"), field("tree_id"), field("tree_code"), field("word")],
    [["b1", "t1", "aa", "jay"], ["b2", None, None, "wren"]],
    "bird_id",
    foreignKeys=[{"fields": "tree_id", "reference": {"resource": "trees", "fields": "tree_id"}}],
)
NOTES = table("notes", [field("note"), field("more")], [["a", None], ["a", None], ["b", "c"]])
VIEW = {"name": "tall", "title": "Tall", "description": "Tall trees", "fields": [{"name": "a", "description": "A"}]}


def base():
    return {"tables": copy.deepcopy([TREES, BIRDS, NOTES]), "views": [copy.deepcopy(VIEW)], "id": "urn:x:1"}


def own(package, name, table=0):
    return next(one for one in package["tables"][table]["schema"]["fields"] if one["name"] == name)


def constrain(name, **constraints):
    """Set constraints of a field of the trees, or take away those that are None."""

    def change(package):
        found = {**own(package, name).get("constraints", {}), **constraints}
        own(package, name)["constraints"] = {word: value for word, value in found.items() if value is not None}

    return change


def describe(name, **words):
    def change(package):
        own(package, name).update(words)

    return change


def rename(old, new, table=0):
    def change(package):
        own(package, old, table)["name"] = new

    return change


def retype(name, kind):
    return lambda package: own(package, name).update(type=kind)


def drop(number, table=0):
    def change(package):
        one = package["tables"][table]
        del one["schema"]["fields"][number]
        one["rows"] = [row[:number] + row[number + 1 :] for row in one["rows"]]

    return change


def move(package):
    one = package["tables"][0]
    for row in [one["schema"]["fields"], *one["rows"]]:
        row.insert(1, row.pop(3))


def add_field(package):
    one = package["tables"][0]
    one["schema"]["fields"].append(field("bark", "year"))
    one["rows"] = [[*row, None] for row in one["rows"]]


def schema(table=0, **words):
    def change(package):
        package["tables"][table]["schema"].update(words)

    return change


def cell(row, number, value, table=0):
    def change(package):
        package["tables"][table]["rows"][row][number] = value

    return change


def also(*changes):
    def change(package):
        for one in changes:
            one(package)

    return change


def put(**words):
    return lambda package: package.update(words)


def view(**words):
    return lambda package: package["views"][0].update(words)


def remove_row(row, table=0):
    return lambda package: package["tables"][table]["rows"].pop(row)


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


def written(folder, package):
    words = {word: value for word, value in package.items() if word not in ("tables", "version")}
    return release(folder, package["tables"], package.get("version", "1.0.0"), **words)


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


@pytest.mark.parametrize("words", [{"role": "ledger"}, {}])
def test_rows_of_a_table_that_follows_from_others_weigh_nothing(words, tmp_path):
    cells = [field(name) for name in ("table_name", "row_key", "column_name", "derivation", "passage_id")]
    one, other = (
        [table("made", cells, [["a", "b", "c", value, "d"]], ["row_key"], generated="provenance"),
         table("lines", [field("a"), field("b")], [["1", value]], "a", **words)]
        for value in ("verbatim", "curated")
    )  # fmt: skip
    least = weighed(release(tmp_path / "old", one), release(tmp_path / "new", other))
    assert [(r.table, r.rule) for r in least.reasons] == [("lines", recipe.CORRECTED), ("made", recipe.FOLLOWS)]
    alone = weighed(tmp_path / "old", release(tmp_path / "alone", [other[0], one[1]]))
    assert (alone.bump, str(alone.version), alone.forcing()) == (Bump.NONE, "1.0.0", [])


def test_a_key_that_another_table_refers_to_is_gone_with_its_value_not_with_its_row(tmp_path):
    """The row keeps its primary key; what is gone is the code that birds name."""

    def tables(code, other):
        trees = table("trees", [field("id"), field("code")], [["1", code], ["2", other]], "id", uniqueKeys=["code"])
        key = {"fields": "code", "reference": {"resource": "trees", "fields": "code"}}
        return [trees, table("birds", [field("bird"), field("code")], [["b", "x"]], "bird", foreignKeys=[key])]

    old = release(tmp_path / "old", tables("x", "y"))
    least = weighed(old, release(tmp_path / "new", tables("z", "y")))
    assert [reason.rule for reason in least.reasons] == [recipe.REFERENCED, recipe.CORRECTED]
    assert least.reasons[0].words == "trees: 1 key gone that birds referred to: x"
    swapped = weighed(old, release(tmp_path / "swapped", tables("y", "x")))
    assert [reason.rule for reason in swapped.reasons] == [recipe.CORRECTED]


def test_rows_that_only_their_own_table_refers_to_are_removed_like_any_other(tmp_path):
    key = {"fields": "parent", "reference": {"resource": "trees", "fields": "id"}}
    rows = [["1", None], ["2", "1"]]
    made = [
        release(tmp_path / str(number), [table("trees", [field("id"), field("parent")], some, "id", foreignKeys=[key])])
        for number, some in enumerate((rows, [["2", None]]))
    ]
    assert [reason.rule for reason in weighed(*made).reasons] == [recipe.ROWS_REMOVED, recipe.CORRECTED]


def test_references_to_a_table_that_follows_from_others_weigh_nothing(tmp_path):
    cells = [field(name) for name in ("table_name", "row_key", "column_name", "derivation", "passage_id")]
    key = {"fields": "cell", "reference": {"resource": "made", "fields": "row_key"}}
    birds = table("birds", [field("bird"), field("cell")], [["b", "1"]], "bird", foreignKeys=[key])
    made = [
        release(tmp_path / str(len(rows)), [table("made", cells, rows, ["row_key"], generated="provenance"), birds])
        for rows in ([["t", "1", "c", "curated", "p"]], [])
    ]
    assert [reason.rule for reason in weighed(*made).reasons] == [recipe.FOLLOWS]


def test_the_reasons_name_rows_and_fields(tmp_path):
    before, after = base(), base()
    for row in after["tables"][0]["rows"][:2]:
        row[2] = "99"
    after["tables"][0]["rows"][0][1] = "Oak"
    least = weighed(written(tmp_path / "old", before), written(tmp_path / "new", after))
    assert [(r.table, r.field, r.words) for r in least.reasons] == [
        ("trees", "name, height", "trees: 2 rows changed (name, height 2): t1, t2")
    ]


def test_a_rename_that_the_rows_refute_is_none(tmp_path):
    fields = [field("id"), field("a", description="A")]
    old = release(tmp_path / "old", [table("t", fields, [["1", "x"], ["2", "y"]], "id")])
    other = [field("id"), field("b", description="A")]
    new = release(tmp_path / "new", [table("t", other, [["1", "p"], ["2", "q"]], "id")])
    with compared(old, new) as found:
        assert found.renames.fields == {} and [c.what for c in found.schema] == ["field", "field"]
    half = release(tmp_path / "half", [table("t", other, [["1", "p"], ["2", "y"]], "id")])
    with compared(old, half) as found:
        assert found.renames.fields == {("t", "a"): "b"}
        [row] = found.tables[0].rows(found.con)
        assert (row.key, row.cells) == ("1", (("b", "x", "p"),))
    keyed = release(tmp_path / "keyed", [table("u", fields, [["8", "x"], ["9", "y"]], "id")])
    with compared(old, keyed) as found:
        assert found.renames.tables == {}
        assert [change.rule for change in found.schema] == [recipe.TABLE_REMOVED, recipe.TABLE_ADDED]


@pytest.mark.parametrize(("gone", "come"), [("a", "c"), ("ab", "c"), ("a", "cd")])
def test_of_several_that_may_have_been_renamed_none_is_guessed(gone, come, tmp_path):
    one, two = ([table(name, [field("id")], [["1"]], "id") for name in names] for names in (gone, come))
    with compared(release(tmp_path / "old", one), release(tmp_path / "new", two)) as found:
        assert found.renames.tables == ({"a": "c"} if len(gone + come) == 2 else {})


def test_a_field_that_was_there_before_is_no_new_name(tmp_path):
    """The field that now stands in the place of the one that is gone has the very same values."""
    fields = [field("id"), field("a", description="A"), field("b", description="B")]
    old = release(tmp_path / "old", [table("t", fields, [["1", "x", "x"]], "id")])
    new = release(tmp_path / "new", [table("t", [fields[0], fields[2]], [["1", "x"]], "id")])
    with compared(old, new) as found:
        assert found.renames.fields == {}
        assert [(change.field, change.rule) for change in found.schema] == [("a", recipe.FIELD_REMOVED)]


def test_versions():
    assert parse("10.2.33", "x") == Version(10, 2, 33) > Version(9, 99, 99)
    assert [str(Version(1, 2, 3).raised(bump)) for bump in Bump] == ["1.2.3", "1.2.4", "1.3.0", "2.0.0"]
    wrong = ("1.0", "01.0.0", "1.0.0-rc", "1.0.0+b", " 1.0.0", "1.0.0\n", "v1.0.0", "", "1.0.0.0", "1.-1.0", "١.0.0")
    for text in wrong:
        with pytest.raises(FmdataError, match=r"^here: .* is not a version of data"):
            parse(text, "here")
