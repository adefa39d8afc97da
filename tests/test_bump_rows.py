"""What a release weighs by its rows: those that follow, those referred to, and those that tell a rename."""

from __future__ import annotations

import pytest

from contracts import base, written
from fmdata.history import Bump, recipe
from releases import compared, field, release, table, weighed


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
