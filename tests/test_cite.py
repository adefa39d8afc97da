"""`fmdata cite`: what it prints and writes, for people and programs, and what it refuses."""

from __future__ import annotations

import json
import os
import shutil
from html.parser import HTMLParser

import pytest

from fmdata.citing.record import identifier
from fmdata.history import RELEASES
from releases import field, release, table

SQL = "SELECT drug, brand_names, reference_ids FROM drugs WHERE indication = 'neuroinflammation' ORDER BY drug"
VERSION, SCRIPT = "3.0.0", "<script>alert(1)</script>"


@pytest.fixture
def cite(citable, run):
    return lambda *arguments, **options: run("cite", *arguments, "--root", citable, **options)


@pytest.fixture
def record(cite):
    """The record of a query."""

    def of(*arguments):
        result = cite(*arguments, "--format", "json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    return of


def files(root):
    return {path.name: path.read_bytes() for path in (root / "citations").glob("*")}


def test_a_query(cite, citable):
    result = cite(SQL)
    own = next(line.split()[1] for line in result.stdout.splitlines() if line.startswith("id "))
    assert (result.exit_code, sorted(files(citable))) == (0, [f"{own}.html", f"{own}.json"])
    first, _, *rest = result.stdout.splitlines()
    assert first.startswith("The fmdata contributors. (2026). Result of the query ")
    assert own in first
    told = {line[:8].strip(): line[9:] for line in rest[:7]}
    assert (told["rows"], told["columns"]) == ("14", "drug, brand_names, reference_ids")
    assert told["content"].startswith("sha256:")
    assert any("Reactive astrogliosis" in line for line in rest)


def test_the_record(record, citable):
    found = record(SQL)
    assert found == json.loads(files(citable)[f"{found['id']}.json"])
    assert found["query"]["written"] == SQL
    assert found["query"]["normalised"].startswith(
        "SELECT drug, brand_names, reference_ids FROM drugs WHERE (indication"
    )
    release = json.loads((citable / "dist/latest/datapackage.json").read_text(encoding="utf-8"))
    assert found["release"] == {
        "name": release["name"], "title": release["title"], "version": release["version"],
        "released": release["created"][:10], "contentHash": release["contentHash"],
    }  # fmt: skip
    assert found["id"] == identifier(
        release["version"], release["contentHash"].removeprefix("sha256:"), found["query"]["normalised"]
    )
    assert [(c["name"], c["kind"]) for c in found["answer"]["columns"]] == [
        ("drug", "text"), ("brand_names", "text"), ("reference_ids", "text"),
    ]  # fmt: skip
    assert len(found["answer"]["kept"]) == found["answer"]["rows"] == 14


def test_the_works_that_contributed_are_credited_and_no_others(record):
    found = record(SQL)
    works = [one["key"] for one in found["credited"] if one["kind"] == "work"]
    named = {key for row in found["answer"]["kept"] if row[2] for key in row[2].split(", ")}
    assert set(works) == named and works
    assert found["creditsComplete"] is True
    assert [one["key"] for one in found["credited"] if one["kind"] == "source"] == ["holistic-pulse-2024"]
    assert len(found["references"]) == len(found["credited"])
    nothing = record("SELECT count(*) AS regions FROM brain_region_activity WHERE false")
    assert [one for one in nothing["credited"] if one["kind"] == "work"] == []


def test_the_same_query_has_the_same_id_and_the_same_bytes(cite, citable):
    cite(SQL)
    before = files(citable)
    other = SQL.replace("SELECT", "select /* the same */ -- all\n").replace(", ", " ,\n").replace("FROM", "from") + " ;"
    assert cite(other).exit_code == 0
    assert files(citable) == before
    shutil.rmtree(citable / "citations")
    cite(SQL)
    assert files(citable) == before
    cite(SQL.replace("drug,", "drug AS medicine,"))
    assert len(files(citable)) == 4


def test_a_page_that_is_gone_is_written_again(cite, citable):
    cite(SQL)
    before = files(citable)
    next((citable / "citations").glob("*.html")).unlink()
    cite(SQL)
    assert files(citable) == before


class Page(HTMLParser):
    """What a page is made of, each element closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.attributes, self.words = set(), [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def test_the_landing_page(record, citable):
    found = record(f"SELECT '{SCRIPT}' AS \"<b>\", antigen, reference_ids FROM rates_with_names")
    text = files(citable)[f"{found['id']}.html"].decode()
    page = Page(text)
    assert page.open == []
    assert not {"script", "b", "img", "link", "iframe"} & page.tags
    assert {"main", "h1", "h2", "title", "th"} <= page.tags
    assert ("lang", "en") in page.attributes
    told = [found["citation"], found["answer"]["hash"], found["release"]["contentHash"], found["credited"][0]["text"]]
    for words in (*told, *found["query"].values(), f"fmdata resolve {found['id']}"):
        assert words in page.words
    assert "prefers-color-scheme: dark" in text
    assert [value for name, value in page.attributes if name in ("href", "src")] == [
        value for name, value in page.attributes if name == "href" and value.startswith("https://doi.org/")
    ]


@pytest.mark.parametrize("form, start, word", [
    ("bibtex", "@misc{", "Reactive astrogliosis"), ("biblatex", "@dataset{", "Reactive astrogliosis"),
    ("ris", "TY  - DATA", "Reactive astrogliosis"), ("csl", "[", '"dataset"'),
])  # fmt: skip
def test_for_programs(cite, form, start, word):
    output = cite(SQL, "--format", form).stdout
    assert output.startswith(start)
    assert word in output


def test_another_style(cite):
    assert cite(SQL, "--style", "vancouver").stdout.splitlines()[0] != cite(SQL).stdout.splitlines()[0]


def test_a_style_that_is_not_known_is_told_before_anything_is_done(cite, citable):
    result = cite(SQL, "--style", "nonsense")
    assert (result.exit_code, "nonsense" in result.stderr) == (1, True)
    assert files(citable) == {}


def test_from_a_file_and_from_standard_input(cite, citable, tmp_path):
    (tmp_path / "question.sql").write_text(SQL)
    assert cite("-f", tmp_path / "question.sql").stdout == cite(SQL).stdout == cite("-f", "-", input=SQL).stdout


def test_the_dataset(cite, citable):
    result = cite()
    assert result.exit_code == 0
    assert result.stdout.startswith("The fmdata contributors. (2026). Fibromyalgia and autoimmunity")
    assert "Content hash sha256:" in result.stdout
    assert not (citable / "citations").exists()
    assert json.loads(cite("--format", "csl").stdout)[0]["type"] == "dataset"
    assert json.loads(cite("--format", "json").stdout)["version"]


def test_a_table_and_a_row(cite):
    assert "Table claims, in Fibromyalgia" in cite("--table", "claims").stdout
    assert "Table drugs, in Fibromyalgia" in cite("--table", "drugs").stdout
    key = "inflammatory-markers-slightly-raised"
    assert f"Row {key} of the table claims" in cite("--row", "claims", key).stdout


@pytest.mark.parametrize("arguments, words", [
    (["--table", "nothing"], "there is no table"),
    (["--row", "nothing", "x"], "there is no table"),
    (["--row", "claims", "x"], "claims has no row"),
    (["--release", "9.9.9"], "no such version was released"),
    (["SELECT 1", "--release", "9.9.9"], "this version is not there"),
    (["SELECT 1", "--release", "../x"], "no version; expected a released one"),
    (["--release", "/tmp"], "no version; expected a released one"),
    (["SELECT random()"], "random() gives something else"),
    (["FROM claims LIMIT 3"], "without ORDER BY"),
    (["SELECT first(claim_id) FROM claims"], "no stable answer"),
    (["SELECT count(*) FROM range(10000000000)", "--timeout", "0.5"], "took longer than 0.5 s"),
    (["SELECT length(repeat('x', 3000000000))", "--memory-limit", "600MB"], "more memory than it may have, 600 MB"),
    (["SELECT 1", "--memory-limit", "10MB"], "the memory limit of 10 MB is too small"),
])  # fmt: skip
def test_refused(cite, citable, arguments, words):
    result = cite(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ") and words in result.stderr
    assert files(citable) == {}


@pytest.mark.parametrize("arguments", [
    ["SELECT 1", "--table", "claims"], ["SELECT 1", "-f", "-"], ["--row", "claims"], ["SELECT 1", "--format", "xml"],
    ["--table", "claims", "--row", "claims", "x"], ["SELECT 1", "--timeout", "0"], ["SELECT 1", "--timeout", "-1"],
    ["SELECT 1", "--timeout", "nan"], ["SELECT 1", "--timeout", "inf"], ["SELECT 1", "--timeout", "1e300"],
])  # fmt: skip
def test_usage(cite, arguments):
    assert cite(*arguments).exit_code == 2


def test_a_build_that_is_not_released_cannot_be_cited(cite, citable):
    shutil.rmtree(citable / RELEASES / VERSION)
    result = cite(SQL)
    assert (result.exit_code, "not released, so that nobody could get its rows again" in result.stderr) == (1, True)
    assert cite().exit_code == 0


def test_a_build_that_differs_from_the_release_of_its_version_cannot_be_cited(cite, citable):
    shutil.rmtree(citable / "dist/latest")
    release(citable / "dist/latest", [table("trees", [field("name"), field("note")], [["oak", "x"]])], VERSION)
    result = cite(SQL)
    assert (result.exit_code, "its content is not that of the released" in result.stderr) == (1, True)
    assert cite(SQL, "--release", VERSION).exit_code == 0


def test_a_release_that_was_touched_cannot_be_cited(cite, citable):
    file = next((citable / RELEASES).glob("*/*.duckdb"))
    file.write_bytes(file.read_bytes() + b"x")
    result = cite(SQL)
    assert (result.exit_code, "its SHA-256 is not the one in SHA256SUMS" in result.stderr) == (1, True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_where_nothing_can_be_written_nothing_is_left(cite, citable):
    (citable / "citations").mkdir(mode=0o500)
    assert cite(SQL).exit_code == 1
    assert files(citable) == {}


def test_a_folder_in_the_place_of_the_page_leaves_nothing(cite, citable, record):
    own = record(SQL)["id"]
    shutil.rmtree(citable / "citations")
    (citable / "citations" / f".{own}.html.part").mkdir(parents=True)
    result = cite(SQL)
    assert result.exit_code == 1
    assert [path for path in (citable / "citations").iterdir() if not path.name.startswith(".")] == []
