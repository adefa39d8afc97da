"""`fmdata diff`: what it prints in each form, and how it ends."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser

import pytest

from fmdata.history.machine import COLUMNS
from fmdata.history.recipe import REFERENCED
from releases import field, packed, release, table

NASTY = "<script>alert(1)</script> & |*_`[x](y)"
FIELDS = [field("genus"), field("epithet"), field("name"), field("note", description="A note.")]
BIRDS = table("birds", [field("bird"), field("genus"), field("epithet")], [["jay", "quercus", "robur"]], "bird",
              foreignKeys=[{"fields": ["genus", "epithet"],
                            "reference": {"resource": "trees", "fields": ["genus", "epithet"]}}])  # fmt: skip


def trees(rows, *fields):
    return table("trees", [*FIELDS, *fields], rows, ["genus", "epithet"])


@pytest.fixture
def pair(tmp_path):
    """A field more, a row gone that a bird refers to, a row more, two cells changed."""
    old = [["quercus", "robur", "oak", None], ["fraxinus", "excelsior", "ash", "a\nb"]]
    new = [["fraxinus", "excelsior", NASTY, None, None], ["ulmus", "glabra", "elm", None, "1"]]
    return (
        release(tmp_path / "old", [trees(old), BIRDS]),
        release(tmp_path / "new", [trees(new, field("height", "number")), BIRDS], "1.1.0"),
    )


TEXT = """\
trees 1.0.0 ({old}) → trees 1.1.0 ({new})
The least version after 1.0.0 is 2.0.0 (major); the new release says 1.1.0, which is too low.

major  field added              field trees.height added
major  referenced rows removed  trees: 1 key gone that birds referred to: quercus robur
minor  rows removed             trees: 1 row removed: quercus robur
minor  rows added               trees: 1 row added: ulmus glabra
patch  values corrected         trees: 1 row changed (name, note): fraxinus excelsior

trees: 1 added, 1 removed, 1 changed
  ~ fraxinus excelsior
      name  ash → <script>alert(1)</script> & |*_`[x](y)
      note  "a\\nb" → (blank)
  - quercus robur
  + ulmus glabra
"""


def test_as_text(pair, run):
    old, new = pair
    result = run("diff", *pair)
    assert (result.exit_code, result.output) == (0, TEXT.format(old=old, new=new))


def test_as_json(pair, run):
    told = json.loads(run("diff", *pair, "--format", "json", "--limit", 0).output)
    assert [told[side]["version"] for side in ("old", "new")] == ["1.0.0", "1.1.0"]
    least = told["minimum"]
    assert (least["version"], least["bump"], len(least["reasons"])) == ("2.0.0", "major", 5)
    assert [change["rule"] for change in told["contract"]] == ["field added"]
    [gone] = told["referenced"]
    assert (gone["table"], gone["by"], gone["number"], gone["keys"]) == ("trees", "birds", 1, ["quercus robur"])
    [one] = told["tables"]
    assert (one["added"], one["removed"], one["changed"], one["cells"]) == (1, 1, 1, {"name": 1, "note": 1})
    assert one["rows"] == [
        {"kind": "changed", "key": "fraxinus excelsior", "cells": [
            {"column": "name", "old": "ash", "new": NASTY}, {"column": "note", "old": "a\nb", "new": None}]},
        {"kind": "removed", "key": "quercus robur",
         "row": {"genus": "quercus", "epithet": "robur", "name": "oak", "note": None}},
        {"kind": "added", "key": "ulmus glabra",
         "row": {"genus": "ulmus", "epithet": "glabra", "name": "elm", "note": None, "height": "1"}},
    ]  # fmt: skip


def test_as_csv(pair, run):
    rows = list(csv.reader(io.StringIO(run("diff", *pair, "--format", "csv").output)))
    assert rows == [
        list(COLUMNS),
        ["contract: field", "trees", "", "height", "", '"height"', "field added", "major"],
        ["referenced key gone", "trees", "quercus robur", "genus, epithet", "birds", "", REFERENCED.name, "major"],
        ["cell changed", "trees", "fraxinus excelsior", "name", "ash", NASTY, "values corrected", "patch"],
        ["cell changed", "trees", "fraxinus excelsior", "note", "a\nb", "", "values corrected", "patch"],
        ["row removed", "trees", "quercus robur", "", "", "", "rows removed", "minor"],
        ["row added", "trees", "ulmus glabra", "", "", "", "rows added", "minor"],
    ]


class Page(HTMLParser):
    """The texts of cells; every element is closed by its own end."""

    def __init__(self):
        super().__init__()
        self.open, self.cells = [], []

    def handle_starttag(self, tag, attrs):
        assert tag not in ("script", "link", "img") and not {"src", "href"} & dict(attrs).keys()
        if tag != "meta":
            self.open.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "td" in self.open:
            self.cells[-1] += data


def test_as_html(pair, run):
    text = run("diff", *pair, "--format", "html").output
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert "note" in page.cells and NASTY in page.cells and '"a\\nb"' in page.cells
    assert "prefers-color-scheme: dark" in text and "http" not in text


def test_only_what_differs_is_marked_in_html(tmp_path, run):
    rows = ["a long <text> here", "a long <word> here"]
    made = [release(tmp_path / str(n), [table("t", [field("id"), field("x")], [["1", row]], "id")])
            for n, row in enumerate(rows)]  # fmt: skip
    text = run("diff", *made, "--format", "html").output
    assert "a long &lt;<del>text</del>&gt; here" in text and "a long &lt;<ins>word</ins>&gt; here" in text


def test_as_markdown(pair, run):
    lines = run("diff", *pair, "--format", "markdown").output.splitlines()
    assert "| major | field added | field trees.height added |" in lines
    marked = r"\<script\>alert(1)\</script\> &amp; \|\*\_\`\[x\](y)"
    assert f"| changed | fraxinus excelsior | name | ash | {marked} |" in lines
    assert "| added | ulmus glabra | | | |" in lines


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_the_limit_is_told(form, pair, run):
    told = run("diff", *pair, "--format", form, "--limit", 1).output
    assert "… and 2 more (--limit shows more" in told
    # Its key stands beside the rule, and not once more.
    assert told.count("ulmus glabra") == 1
    assert "… and 3 more" in run("diff", *pair, "--format", form, "--limit", 0).output
    assert "… and" not in run("diff", *pair, "--format", form, "--limit", 3).output


def test_no_difference(pair, run):
    old, _ = pair
    result = run("diff", old, old, "--exit-code")
    assert result.exit_code == 0 and "No difference: the contracts are the same, and so are all rows." in result.output
    endings = {"json": '"tables": [\n  ]\n}\n', "csv": ",bump\n", "html": "</html>\n", "markdown": "all rows.\n"}
    for form, ending in endings.items():
        assert run("diff", old, old, "--format", form).output.endswith(ending)
    assert json.loads(run("diff", old, old, "--format", "json").output)["minimum"]["version"] == "1.0.0"


def test_exit_code_and_output(pair, run, tmp_path):
    assert run("diff", *pair).exit_code == 0
    result = run("diff", *pair, "--exit-code", "--format", "csv", "--output", tmp_path / "a.csv")
    assert (result.exit_code, result.output) == (1, "")
    assert (tmp_path / "a.csv").read_text() == run("diff", *pair, "--format", "csv").output
    assert run("diff", *pair, "--output", tmp_path / "no/a.csv").exit_code == 1


def test_versions_and_zips(pair, run, tmp_path):
    old, new = pair
    project = tmp_path / "project"
    (project / "dist/releases/1.0.0").mkdir(parents=True)
    packed(old, project / "dist/releases/1.0.0/trees-1.0.0.zip")
    told = run("diff", "1.0.0", packed(new, tmp_path / "new.zip", "trees-1.1.0"), "--root", project).output
    assert told == TEXT.format(old="1.0.0", new=tmp_path / "new.zip")


def test_faults(pair, run, tmp_path):
    result = run("diff", "1.0.0", pair[1], "--root", tmp_path)
    assert result.exit_code == 1 and result.output.startswith("Error: 1.0.0: no such version was released; there is")
    result = run("diff", *pair, "--memory-limit", "300MB")
    assert result.exit_code == 1 and "300 MB is too small; expected at least 400 MB. Allow more." in result.output
    assert run("diff", pair[0]).exit_code == 2 and run("diff", *pair, "--limit", -1).exit_code == 2
