"""Facts carry over, sentences do not: no file published or tracked holds eight words of the article in a row.

The lines of the reference list are bibliographic strings and may stand in full. Words are compared as a reader hears
them: case, punctuation, quotes and line breaks do not count.
"""

from __future__ import annotations

import re
import subprocess
import unicodedata

import pytest

from conftest import ROOT

RUN = 8
REFERENCE = re.compile(r"\s*\d+\. \S")


def words(text):
    """The words of a text in one spelling."""
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())


def runs(text):
    """Every run of `RUN` words in a text."""
    found = words(text)
    return {tuple(found[start : start + RUN]) for start in range(len(found) - RUN + 1)}


def text_of(path):
    """What a text file says, "" for a file that is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.fixture(scope="module")
def prose(article):
    """Every run of words in the article's own lines."""
    return set().union(*(runs(line) for line in article if not REFERENCE.match(line)))


@pytest.fixture(scope="module")
def borrowed(prose):
    """The runs of the article's words that a file holds, as text."""
    return lambda path: sorted(" ".join(run) for run in runs(text_of(path)) & prose)


def repository():
    """Every file that is tracked, or would be with `git add .`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode("utf-8")
    return [path for file in listed.split("\0") if file and (path := ROOT / file).is_file()]


def test_no_file_of_the_repository_holds_a_sentence(borrowed):
    files = repository()
    assert ROOT / "datapackage.json" in files
    assert {str(path.relative_to(ROOT)): held for path in files if (held := borrowed(path))} == {}


def test_no_file_of_a_release_holds_a_sentence(borrowed, built):
    files = [path for path in built.folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".csv" for path in files)
    assert {path.name: held for path in files if (held := borrowed(path))} == {}


def test_no_cell_of_the_database_holds_a_sentence(built, prose, tmp_path):
    import duckdb

    with duckdb.connect(str(built.folder / f"{built.name}.duckdb"), read_only=True) as con:
        names = con.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND data_type = 'VARCHAR'"
        ).fetchall()
        assert names
        for table, column in names:
            cells = con.execute(f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL').fetchall()
            for (cell,) in cells:
                assert not runs(cell) & prose, f"{table}.{column}: {cell}"


@pytest.mark.parametrize(
    "disguise",
    [
        str,
        str.upper,
        lambda sentence: sentence.replace(" ", "\n"),
        lambda sentence: sentence.replace("’", "'").replace(",", ""),
        lambda sentence: f'id,text\n1,"Our own words, and then: {sentence}"\n',
    ],
    ids=["as it is", "in capitals", "with line breaks", "with other marks", "in a cell"],
)
def test_a_sentence_of_the_article_is_found(article, borrowed, tmp_path, disguise):
    sentences = [line for line in article if len(words(line)) > 2 * RUN and not REFERENCE.match(line)]
    assert len(sentences) > 20
    for number, sentence in enumerate(sentences):
        path = tmp_path / f"{number}.txt"
        path.write_text(disguise(sentence), encoding="utf-8")
        assert borrowed(path), sentence


def test_references_and_short_terms_are_free(article, borrowed, tmp_path):
    path = tmp_path / "terms.txt"
    terms = [line for line in article if REFERENCE.match(line)] + ["Is Fibromyalgia an Autoimmune Disease?"]
    assert len(terms) == 30
    for term in terms:
        path.write_text(term, encoding="utf-8")
        assert borrowed(path) == []
