"""Facts carry over, sentences do not: nothing published or tracked holds eight words of a source in a row.

The gate is the build's own, from the committed word runs; what it must hold is worked out anew where the article is.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import unicodedata
import zipfile
from concurrent.futures import Future

import pytest

from conftest import ROOT
from fmdata.assemble import assemble, workspace
from fmdata.borrowing import Gate
from fmdata.contract import anchoring, load
from fmdata.extracts import manifest
from fmdata.failures import Failures
from fmdata.rights import check_rights, load_gate, search_database
from fmdata.sql import MEMORY, Room
from fmdata.tokens import runs, words

RUN, SOURCE = 8, "holistic-pulse-2024"
REFERENCE = re.compile(r"\s*\d+\. \S")
WORD_RUNS = ROOT / "raw" / SOURCE / "word_runs.csv"
# Sentences of a source that never was.
INVENTED = [
    "Seven grey herons walked along the harbour’s quiet wall before dawn, counting lanterns (and humming).",
    "No baker in the valley would sell a loaf on Thursdays unless the miller’s naïve daughter asked for “just one”.",
    "Under the third bridge, somebody had painted twelve blue doors that opened onto nothing but weather and old tin.",
    "The lighthouse keeper wrote all his letters in café ink, sealed them twice, and burned every one before lunch.",
    "When the tram ran late, its driver told passengers about an orchard where pears ripened upside down in winter.",
    "Our neighbour’s parrot learned the whole of the railway timetable and corrected station masters from its balcony.",
    "A clockmaker kept his best hour in a drawer, wrapped in felt, for anyone who had lost one at sea that year.",
]


def gate_of(*sentences):
    return Gate({run: ("invented", line) for line, text in enumerate(sentences, 1) for run in runs(words(text))})


def own_words(text):
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())


def own_runs(text):
    found = own_words(text)
    return {tuple(found[end - RUN : end]) for end in range(RUN, len(found) + 1)}


@pytest.fixture(scope="module")
def gate(assembled):
    """The gate of the committed word runs."""
    package = load(ROOT)
    return load_gate(assembled, anchoring(package, manifest(package)))


@pytest.fixture(scope="module")
def prose(article):
    """Every run of words in the article's own lines, with its first line; those of the reference list aside."""
    free = set().union(*(own_runs(line) for line in article if REFERENCE.match(line)))
    return {run: number for number, line in reversed(list(enumerate(article))) for run in own_runs(line) - free}


@pytest.fixture(scope="module")
def sentences(article):
    """Every sentence of the article's own lines that is longer than two runs, with its line."""
    own = [(number, line) for number, line in enumerate(article) if not REFERENCE.match(line)]
    found = [(number, sentence) for number, line in own for sentence in re.split(r"(?<=[.?!]) ", line)]
    return [(number, sentence) for number, sentence in found if len(own_words(sentence)) > 2 * RUN]


@pytest.fixture(scope="module")
def strings(ask):
    """Every string of the DuckDB file: each value of tables and views, what is said of them, and their SQL."""
    found = set()
    for table, column in ask("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"):
        found |= set(ask(f'SELECT CAST("{column}" AS VARCHAR) FROM "{table}" WHERE "{column}" IS NOT NULL'))
    catalogs = {"functions": "comment, macro_definition", "types": "comment, array_to_string(labels, ' ')"}
    catalogs |= {"columns": "comment", "constraints": "constraint_text"}
    catalogs |= dict.fromkeys(("schemas", "tables", "views", "indexes", "sequences"), "comment, sql")
    for catalog, told in catalogs.items():
        found |= set(ask(f"SELECT unnest([{told}]) FROM duckdb_{catalog}() WHERE database_name = current_database()"))
    return {text for (text,) in found if text}


def test_no_file_of_the_repository_holds_a_sentence(gate, tell):
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode("utf-8")
    files = [path for file in listed.split("\0") if file and (path := ROOT / file).is_file()]
    assert {ROOT / "datapackage.json", WORD_RUNS} < set(files)
    assert {str(path.relative_to(ROOT)): held for path in files if (held := gate.borrowed_in(path))} == {}
    tell(f"rights: {len(gate.runs):,} word runs of the source are in none of {len(files):,} files of the repository")


def test_no_file_of_a_release_holds_a_sentence(gate, built):
    with zipfile.ZipFile(next(built.folder.glob("*.zip"))) as archive:
        zipped = {entry.partition("/")[2]: archive.read(entry) for entry in archive.namelist()}
    files = {str(path.relative_to(built.folder)): path for path in built.folder.rglob("*") if path.is_file()}
    assert {"README.md", "COOKBOOK.md", "data/claims.csv", "datapackage.json", "CITATION.cff"} < files.keys()
    assert {file: held for file, path in files.items() if (held := gate.borrowed_in(path))} == {}
    assert [file for file, data in zipped.items() if data != files[file].read_bytes()] == []


def test_no_string_of_the_database_holds_a_sentence(gate, strings, tell):
    assert any("CREATE VIEW" in text for text in strings) and any("unnest(row_.cells)" in text for text in strings)
    assert {text: held for text in strings if (held := gate.borrowed(text))} == {}
    tell(f"rights: {len(gate.runs):,} word runs of the source are in none of {len(strings):,} strings of the database")


def test_the_word_runs_are_small_and_hashes_alone():
    text = WORD_RUNS.read_text(encoding="ascii")
    assert len(text) < 64_000
    cells = [cell for row in list(csv.reader(io.StringIO(text)))[1:] for cell in row]
    assert all(re.fullmatch(r"\d*|true|false|([\w-]{8})+", cell) for cell in cells)


def test_no_word_of_the_article_stands_in_the_word_runs(article):
    text = WORD_RUNS.read_text(encoding="ascii").partition("\n")[2].casefold()
    assert [word for line in article for word in own_words(line) if len(word) > 5 and word in text] == []


def test_the_gate_holds_every_run_of_the_article_and_no_other(gate, prose):
    held = {run: gate.borrowed(" ".join(run)) for run in prose}
    assert [run for run, found in held.items() if [borrowed.line for borrowed in found] != [prose[run]]] == []
    assert len(gate.runs) == len(prose)


DISGUISES = {
    "as it is": str,
    "in capitals": str.upper,
    "with line breaks": lambda text: text.replace(" ", "\r\n"),
    "with other marks": lambda text: text.translate(dict(zip(map(ord, "’‘“”,–"), "''\"\";-", strict=True))),
    "in a CSV cell": lambda text: f'id,text\n1,"Our own ""words"", and then: {text}"\n2,and after\n',
    "in JSON": lambda text: json.dumps({"a": ["our own", text.replace(" ", "\n")]}),
    "in JSON in a CSV cell": lambda text: 'id\n"' + json.dumps([text]).replace('"', '""') + '"\n',
    "in another Unicode form": lambda text: unicodedata.normalize("NFD", text).replace(" ", "\u00a0"),
    "with soft hyphens": lambda text: re.sub(r"(\w\w)(\w\w)", "\\1\u00ad\\2", text),
    "with tags": lambda text: re.sub(r" (\w+) ", r" <b>\1</b> ", text).replace(" ", "&nbsp;", 1),
    "with notes": lambda text: re.sub(r"(?<=\w) ", "[12] ", text),
    "in SQL": lambda text: "SELECT '" + text.replace("’", "''") + "'",
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_a_sentence_of_the_article_is_caught(gate, sentences, disguise):
    assert len(sentences) > 20
    for number, sentence in sentences:
        assert number in {borrowed.line for borrowed in gate.borrowed(disguise(sentence))}, sentence


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_an_invented_sentence_is_caught_whole(disguise):
    for line, sentence in enumerate(INVENTED, 1):
        [found] = gate_of(*INVENTED).borrowed(disguise(sentence))
        assert (found.words, found.line) == (tuple(own_words(sentence)), line)


def test_references_and_short_terms_are_free(gate, article):
    terms = [line for line in article if REFERENCE.match(line)] + ["Is Fibromyalgia an Autoimmune Disease?"]
    assert len(terms) == 30
    assert {term: held for term in terms if (held := gate.borrowed(term))} == {}


def test_seven_words_are_free_and_eight_are_caught(gate, sentences):
    for found in (own_words(sentence) for _, sentence in sentences[::5]):
        for end in range(RUN, len(found) + 1):
            assert gate.borrowed(f"so {' '.join(found[end - RUN + 1 : end])}, perhaps") == []
            assert len(gate.borrowed(f"so {' '.join(found[end - RUN : end])}, perhaps")) == 1


def test_each_longest_run_is_told_once_with_its_line():
    part = " ".join(INVENTED[0].split()[2:12])
    first, second = gate_of(*INVENTED).borrowed(f"a\n\n{INVENTED[2]}\nb\nc {part} d")
    assert (first.at, first.line, first.words) == (3, 3, tuple(own_words(INVENTED[2])))
    assert (second.at, second.line) == (5, 1)
    assert str(second).endswith("11 words in a row of line 1 of invented")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_file_is_read_whatever_its_encoding(tmp_path, encoding):
    path = tmp_path / "LICENSE"
    path.write_bytes(f"First: é\n{INVENTED[1].translate(dict.fromkeys(map(ord, '’“”'), ' '))}".encode(encoding))
    assert [(found.at, found.line) for found in gate_of(*INVENTED).borrowed_in(path)] == [(2, 2)]


@pytest.fixture(scope="module")
def told(built, tmp_path_factory):
    """What would be told of the release if a text were the source."""
    package = load(ROOT)
    scratch = tmp_path_factory.mktemp("scratch")
    with workspace(Room(MEMORY, scratch), built.folder) as con:
        with Failures(ROOT) as found:
            assemble(con, package, found, lambda _: None, scratch)

        def told(text):
            in_file = Future()
            in_file.set_result(search_database(con, package, built.folder, gate_of(text)))
            return check_rights(con, package, gate_of(text), built.folder, {}, in_file)

        yield told


def test_a_cell_is_told_once_though_provenance_and_answers_repeat_it(told, ask):
    [(key, title)] = ask("SELECT reference_id, title FROM bibliography ORDER BY length(title) DESC LIMIT 1")
    assert ask("SELECT count(*) FROM provenance WHERE as_written = ?", title) == [(1,)]
    [failure] = told(title)
    assert (failure.resource, failure.field, failure.line > 1) == ("bibliography", "title", True)
    assert f'the row "{key}" of bibliography holds' in failure.found


def test_words_across_cells_are_told_with_their_row_and_across_rows_with_the_finished_file(told, built):
    rows = [words(line) for line in (built.folder / "data/entities.csv").read_text(encoding="utf-8").split("\n")]
    [failure] = told(" ".join(rows[1][:RUN]))
    assert (failure.file, failure.line, failure.field) == ("raw/curation/entities.csv", 2, "")
    [failure] = told(" ".join(rows[1][-4:] + rows[2][:4]))
    assert (failure.file, failure.line) == ("data/entities.csv", 2)


@pytest.mark.parametrize("place, text", [
    ("the column _release.content_hash", "SHA-256 over the published CSV files: equal hashes mean equal data."),
    ("the macro where_from", "unnest(row_.cells) AS held(told) WHERE (told.name = cell.column_name)"),
])  # fmt: skip
def test_what_only_the_database_says_is_told(told, place, text):
    [failure] = told(text)
    assert failure.file == "fmdata.duckdb" and failure.found.startswith(f"{place} of the finished file holds")


def inject(root, texts):
    """Put a sentence into each of six places; returns those places as they must be told."""
    told = []

    def edit(file, change, sentence, subject="it holds"):
        path = root / file
        path.write_text(change(path.read_text(encoding="utf-8"), sentence), encoding="utf-8")
        before, _, _ = path.read_text(encoding="utf-8").partition(sentence)
        told.append((f"{file}:{before.count(chr(10)) + 1}", f'{subject} "'))

    def cell(text, sentence):
        return re.sub('(?m)^(phospholipid,.*,)[^,"]+$', lambda row: f'{row[1]}"{sentence}"', text)

    def description(text, sentence):
        descriptor = json.loads(text)
        [entities] = [resource for resource in descriptor["resources"] if resource["name"] == "entities"]
        entities["schema"]["fields"][2]["description"] = sentence
        return json.dumps(descriptor, ensure_ascii=False, indent=1)

    edit("raw/curation/entities.csv", cell, texts[0], 'description: the row "phospholipid" of entities holds')
    edit("datapackage.json", description, texts[1], "the description of entities.kind holds")
    edit("pipeline/queries/which-drugs-have-brands.sql", "{0}\n-- {1}".format, texts[2])
    edit("pipeline/views/drugs.sql", "FROM (\n{0}\n)\nWHERE '{1}' <> ''".format, texts[3])
    edit("CHANGELOG.md", "{0}\n{1}\n".format, texts[4])
    edit("LICENSE", "{0}\n{1}\n".format, texts[5])
    return told


@pytest.mark.parametrize("source", ["invented", SOURCE])
def test_a_build_with_sentences_publishes_nothing_and_tells_each_with_its_places(project, run, request, source):
    if source == "invented":
        numbered = list(enumerate(INVENTED, 1))
        request.getfixturevalue("monkeypatch").setattr("fmdata.release.load_gate", lambda *_: gate_of(*INVENTED))
    else:
        numbered = sorted(request.getfixturevalue("sentences"), key=lambda found: len(found[1]))[:7]
    texts = [sentence for _, sentence in numbered]
    rules = project / "pipeline/rules/entities.py"  # It is not published.
    rules.write_text(f"# {texts[6]}\n{rules.read_text(encoding='utf-8')}", encoding="utf-8")
    places = inject(project, texts)
    result = run("build", "--root", project)
    assert result.exit_code == 1
    assert [path.name for path in (project / "dist").iterdir()] == [".lock"]
    lines = [line for line in result.output.splitlines() if "words in a row of line" in line]
    assert len(lines) == 6
    for (place, subject), (number, _) in zip(places, numbered[:6], strict=True):
        [line] = [line for line in lines if re.match(rf"{re.escape(place)}\b", line)]
        assert subject in line and f"of line {number} of {source}; expected" in line
