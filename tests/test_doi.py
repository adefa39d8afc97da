"""The DOI of a version: given with `fmdata release --doi`, kept in the changelog by its date, told in every form."""

from __future__ import annotations

import json
import zipfile

import pytest
import yaml

import histories
from fmdata.changelog import dois
from fmdata.errors import FmdataError
from fmdata.history_commands import release as command

pytestmark = pytest.mark.usefixtures("without_frictionless")
DOI = "10.5555/orchard.v1"


@pytest.fixture
def committed(fresh_orchard):
    histories.commit(fresh_orchard)
    return fresh_orchard


def test_a_release_carries_its_doi_and_its_commit_gives_the_same_bytes(committed, run, tmp_path):
    root = committed
    done = run("release", "--date", "2026-01-02", "--doi", f"https://doi.org/{DOI}", "--root", root)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, f"1.0.0, 2026-01-02: released, DOI {DOI}.")
    assert f"## [1.0.0] - 2026-01-02\n\nDOI: https://doi.org/{DOI}\n" in (root / "CHANGELOG.md").read_text()
    latest = root / "dist/latest"
    told = {
        "cff": yaml.safe_load((latest / "CITATION.cff").read_text())["doi"],
        "package": json.loads((latest / "datapackage.json").read_text())["doi"],
        "datacite": json.loads((latest / "datacite.json").read_text())["doi"],
        "zenodo": json.loads((latest / ".zenodo.json").read_text())["doi"],
    }
    assert set(told.values()) == {DOI}
    assert f'<identifier identifierType="DOI">{DOI}</identifier>' in (latest / "datacite.xml").read_text()
    assert f"https://doi.org/{DOI}" in (latest / "README.md").read_text(encoding="utf-8")
    first = (latest / "SHA256SUMS").read_bytes()
    histories.commit(root)
    histories.git(root, "clone", "-q", str(root), str(tmp_path / "clone"))
    assert run("build", "--force", "--root", tmp_path / "clone").exit_code == 0
    assert (tmp_path / "clone/dist/latest/SHA256SUMS").read_bytes() == first
    with zipfile.ZipFile(root / "dist/releases/1.0.0/orchard-1.0.0.zip") as archive:
        assert DOI in archive.read("orchard-1.0.0/datacite.json").decode()


def test_the_next_version_does_not_wear_it(committed, run):
    assert run("release", "--date", "2026-01-02", "--doi", DOI, "--root", committed).exit_code == 0
    histories.declare(committed, "1.0.1")
    assert run("build", "--root", committed).exit_code == 0
    for file in ("CITATION.cff", "datapackage.json", "croissant.json", ".zenodo.json", "csv-metadata.json"):
        assert DOI not in (committed / "dist/latest" / file).read_text(encoding="utf-8")
    histories.commit(committed)
    done = run("release", "--date", "2026-01-03", "--doi", DOI, "--root", committed)
    assert done.exit_code == 1
    assert f"{DOI} is the DOI of the version 1.0.0; expected one of its own for 1.0.1." in done.stderr


@pytest.mark.parametrize("text", ["", "10.5281", "11.5281/zenodo.1", "10.52/x", "10.5281/a b", "zenodo.1234567"])
def test_what_is_no_doi_is_refused_before_anything_is_done(committed, run, text):
    before = histories.state(committed)
    done = run("release", "--date", "2026-01-02", "--doi", text, "--root", committed)
    assert done.exit_code == 1
    assert f'--doi: "{text}" is not a DOI; expected one such as 10.5281/zenodo.1234567.' in done.stderr
    assert histories.state(committed) == before
    assert not (committed / "dist/latest").exists()


def test_a_changelog_with_another_doi_or_none_is_told(committed, run):
    text = (committed / "CHANGELOG.md").read_text(encoding="utf-8")
    part = "## [1.0.0] - 2026-01-02\n\n{}\n"
    for line, expected in (
        ("DOI: 10.5555/other", f"the version 1.0.0 has the DOI 10.5555/other, not {DOI}"),
        ("Words.", f'has no DOI. Add the line "DOI: https://doi.org/{DOI}" to it.'),
    ):
        (committed / "CHANGELOG.md").write_text(text + part.format(line), encoding="utf-8")
        histories.commit(committed)
        done = run("release", "--date", "2026-01-02", "--doi", DOI, "--root", committed)
        assert done.exit_code == 1
        assert expected in done.stderr


def test_dois_of_a_changelog(tmp_path):
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(
        "# Changelog\nDOI: of nothing\n## [Unreleased]\nDOI: of nothing\n## [1.1.0] - 2026-02-01\n"
        "DOI: https://doi.org/10.5555/b\n### Data\n## [1.0.0] - 2026-01-01\n- DOI: words\nDOI: doi:10.5555/a\n",
        encoding="utf-8",
    )
    assert dois(tmp_path) == {"1.1.0": "10.5555/b", "1.0.0": "10.5555/a"}


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["DOI: soon"], 'CHANGELOG.md:3: "soon" is not a DOI'),
        (["DOI: 10.5555/a", "DOI: 10.5555/b"], "CHANGELOG.md:4: the DOI 10.5555/b is one too many"),
        (["DOI: 10.5555/a", "## [1.0.0] - 2026-01-01", "DOI: 10.5555/a"], "CHANGELOG.md:5: the DOI 10.5555/a is one"),
    ],
)
def test_a_doi_that_cannot_be_is_told_with_its_line(tmp_path, lines, words):
    text = "\n".join(["# Changelog", "## [1.1.0] - 2026-02-01", *lines, ""])
    (tmp_path / "CHANGELOG.md").write_text(text, encoding="utf-8")
    with pytest.raises(FmdataError) as raised:
        dois(tmp_path)
    assert words in str(raised.value)


def test_the_help_tells_of_it():
    assert "--doi" in {option for parameter in command.params for option in parameter.opts}
