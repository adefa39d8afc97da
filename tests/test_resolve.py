"""`fmdata resolve`: the same rows, others, or none to be had; and records that are not as they were written."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from conftest import ROOT
from fmdata.citing.record import known, read, sealed, write
from fmdata.history import RELEASES

SQL = "SELECT label, rate_percent FROM autoantibody_rates WHERE rate_percent > 54"


@pytest.fixture(scope="session")
def cited_once(citable_once, tmp_path_factory):
    """The project with two citations of its release."""
    from click.testing import CliRunner

    from fmdata.cli import main

    root = shutil.copytree(citable_once, tmp_path_factory.mktemp("cited_once") / "project")
    for sql in (SQL, "SELECT modality, count(*) AS claims FROM claims GROUP BY modality"):
        assert CliRunner().invoke(main, ["cite", sql, "--root", str(root)]).exit_code == 0
    return root


@pytest.fixture
def cited(cited_once, tmp_path):
    return shutil.copytree(cited_once, tmp_path / "cited")


@pytest.fixture
def own(cited):
    """The id of the first of them."""
    return next(one for one in known(cited) if read(cited, one)["query"]["written"] == SQL)


@pytest.fixture
def resolve(cited, run):
    return lambda *arguments: run("resolve", *arguments, "--root", cited)


def rewrite(root, own, **changes):
    """Change a record, under a seal of its own: as if the engine answered otherwise now."""
    record = {word: value for word, value in read(root, own).items() if word != "seal"}
    write(root, sealed({**record, **changes}))


def answer(root, own, **changes):
    rewrite(root, own, answer={**read(root, own)["answer"], **changes})


def test_identical(resolve, own):
    result = resolve(own)
    assert (result.exit_code, result.stdout) == (0, f"{own}  identical: 3 rows, each as it was cited.\n")
    assert json.loads(resolve(own, "--format", "json").stdout) == {
        "id": own, "status": "identical", "words": "3 rows, each as it was cited.", "gone": [], "new": [],
    }  # fmt: skip


def test_all_are_identical(resolve, cited):
    result = resolve("--all")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "2 citations, 2 identical."
    assert [one["id"] for one in json.loads(resolve("--all", "--format", "json").stdout)] == known(cited)


def test_changed_tells_the_rows_that_differ(resolve, cited, own):
    kept = [["Gangliosides", "71.0"], ["Serotonin", "99.0"], ["Smooth muscle", "55.0"], ["Smooth muscle", "55.0"]]
    answer(cited, own, hash="sha256:" + "0" * 64, kept=kept, rows=4)
    result = resolve(own)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{own}  changed: 2 rows gone, 1 row new.",
        '  - ["Serotonin","99.0"]',
        '  - ["Smooth muscle","55.0"]',
        '  + ["Serotonin","73.0"]',
    ]
    assert resolve(own, "--limit", "1").stdout.splitlines()[2] == "  - 1 more"
    found = json.loads(resolve(own, "--format", "json").stdout)
    assert (found["status"], found["new"]) == ("changed", [["Serotonin", "73.0"]])
    assert resolve("--all").exit_code == 1


def test_changed_columns_are_told(resolve, cited, own):
    columns = read(cited, own)["answer"]["columns"]
    answer(cited, own, hash="sha256:0", columns=[columns[0], {**columns[1], "kind": "decimal"}])
    result = resolve(own)
    assert (result.exit_code, '["rate_percent","decimal"]' in result.stdout) == (1, True)


def test_changed_without_rows_in_the_record(resolve, cited, own):
    found = read(cited, own)["answer"]
    del found["kept"]
    rewrite(cited, own, answer={**found, "hash": "sha256:0", "rows": 7})
    result = resolve(own)
    assert (result.exit_code, "there are 3 rows now, and were 7" in result.stdout) == (1, True)


def test_a_release_that_is_missing(resolve, cited, own):
    shutil.rmtree(cited / RELEASES / "3.0.0")
    result = resolve(own)
    assert (result.exit_code, "missing: the release it cites is missing" in result.stdout) == (3, True)
    assert resolve("--all").exit_code == 3


def test_a_release_of_the_same_version_with_other_content_is_not_the_one_cited(resolve, cited, own):
    shutil.rmtree(cited / RELEASES / "3.0.0")
    shutil.copytree(ROOT / RELEASES / "1.0.0", cited / RELEASES / "1.0.0")
    record = read(cited, own)
    release = {**record["release"], "version": "1.0.0"}
    from fmdata.citing.record import identifier

    content = release["contentHash"].removeprefix("sha256:")
    other = identifier("1.0.0", content, record["query"]["normalised"])
    write(cited, sealed({**{w: v for w, v in record.items() if w != "seal"}, "id": other, "release": release}))
    result = resolve(other)
    assert (result.exit_code, "has other content than the cited one" in result.stdout) == (3, True)


def test_a_release_that_was_touched_is_no_answer(resolve, cited, own):
    file = cited / RELEASES / "3.0.0" / "fmdata.duckdb"
    file.write_bytes(file.read_bytes()[:-1])
    result = resolve(own)
    assert (result.exit_code, "failed: " in result.stdout, "SHA256SUMS" in result.stdout) == (1, True, True)


def test_one_of_two_that_changed_counts_more_than_one_that_is_missing(resolve, cited, own):
    answer(cited, own, hash="sha256:0")
    other = next(one for one in known(cited) if one != own)
    (cited / "citations" / f"{other}.json").write_text("nonsense")
    result = resolve("--all")
    assert result.exit_code == 1
    assert sorted(line.split(":")[0].split()[-1] for line in result.stdout.splitlines() if ": " in line) == [
        "changed", "failed",
    ]  # fmt: skip


def text_of(root, own):
    return (root / "citations" / f"{own}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("change, words", [
    (lambda text: "", "cannot be read as JSON"),
    (lambda text: text[:-20], "cannot be read as JSON"),
    (lambda text: "[" * 100_000, "cannot be read as JSON"),
    (lambda text: "[]", "not a citation"),
    (lambda text: "{}", "not a citation"),
    (lambda text: text.replace("fmdata citation 1", "fmdata citation 2"), "Use a newer version of fmdata"),
    (lambda text: text.replace("fmdata citation 1", "another 1"), "not a citation"),
    (lambda text: text.replace("> 54", "> 55"), "changed since it was written"),
    (lambda text: text.replace('"rows": 3', '"rows": 4'), "changed since it was written"),
    (lambda text: text.replace("Serotonin", "serotonin"), "changed since it was written"),
    (lambda text: text.replace('"seal"', '"sael"'), "changed since it was written"),
])  # fmt: skip
def test_a_record_that_is_not_as_it_was_written(resolve, cited, own, change, words):
    (cited / "citations" / f"{own}.json").write_text(change(text_of(cited, own)), encoding="utf-8")
    result = resolve(own)
    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr


@pytest.mark.parametrize("changes, words", [
    ({"query": {"written": "SELECT 1", "normalised": "SELECT 1"}}, "its name is not the id"),
    ({"query": {"written": "SELECT 1"}}, "query is not what a citation has there"),
    ({"answer": None}, "answer is not what a citation has there"),
    ({"release": []}, "release is not what a citation has there"),
    ({"answer": {"rows": 3, "columns": [1], "hash": "x"}}, "answer.columns is not what a citation has there"),
    ({"answer": {"rows": 3, "columns": [], "hash": "x", "kept": 5}}, "answer.kept is not what a citation has there"),
    ({"credited": [1]}, "credited is not what a citation has there"),
    ({"creditsComplete": None}, "creditsComplete is not what a citation has there"),
])  # fmt: skip
def test_a_record_under_a_new_seal_is_still_looked_at(resolve, cited, own, changes, words):
    record = {**read(cited, own), **changes}
    del record["seal"]
    (cited / "citations" / f"{own}.json").write_text(json.dumps(sealed(record)), encoding="utf-8")
    assert words in resolve(own).stderr


def test_a_query_that_is_not_its_normal_form_is_not_run(resolve, cited, own):
    query = read(cited, own)["query"]
    rewrite(cited, own, query={**query, "written": "SELECT 1"})
    result = resolve(own)
    assert (result.exit_code, "are not the same query" in result.stdout) == (1, True)


def test_a_record_cannot_make_it_read_files(resolve, cited, own):
    rewrite(cited, own, query={**read(cited, own)["query"], "written": "FROM read_text('/etc/passwd')"})
    result = resolve(own)
    assert (result.exit_code, "reads files or addresses" in result.stdout) == (1, True)


@pytest.mark.parametrize("name", ["0" * 16, "nothing", "../citations/x", "", "*"])
def test_a_citation_that_is_not_there(resolve, name):
    result = resolve(name)
    assert (result.exit_code, "there is no citation" in result.stderr) == (1, True)


def test_a_project_without_citations(run, citable):
    result = run("resolve", "--all", "--root", citable)
    assert (result.exit_code, result.stdout) == (0, "0 citations, 0 identical.\n")
    assert "there is none yet" in run("resolve", "0" * 16, "--root", citable).stderr


@pytest.mark.parametrize("arguments", [[], ["x", "--all"], ["x", "--format", "xml"], ["x", "--timeout", "no"]])
def test_usage(resolve, arguments):
    assert resolve(*arguments).exit_code == 2


def test_the_projects_own_citations_resolve(run):
    """Whatever is cited of this project must be had again, with each version of the engine."""
    result = run("resolve", "--all", "--root", ROOT)
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.search(r"^([1-9]\d*) citations?, \1 identical\.$", result.stdout, re.MULTILINE)
