"""Anchors: what `fmdata anchor` writes, and every place walked back to the article without the engine.

`told`, `signs` and `hashed` are the published recipe, written anew: nothing of the engine is asked for a hash here.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import random
import re
import shutil
import unicodedata

import pytest

from conftest import ARTICLE, ROOT, copy_inputs

SOURCE = "holistic-pulse-2024"
ANCHORS, WORD_RUNS = (f"raw/{SOURCE}/{name}.csv" for name in ("anchors", "word_runs"))
REFERENCE = re.compile(r"\s*\d+\. \S")

# The recipe -----------------------------------------------------------------------------------------------------------


def told(text):
    """The text as it is hashed: one spelling for quotes, dashes, bullets and blanks, NFKC, no case."""
    text = re.sub("[‘’‚‛′`´]", "'", text)
    text = re.sub("[“”„‟«»]", '"', text)
    text = re.sub("[‐‑‒–—―−]", "-", text)
    text = re.sub(r"[•·\s]", " ", text)
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def signs(text):
    """Its tokens: runs of letters and digits, and every other sign by itself."""
    found, word = [], ""
    for sign in told(text) + " ":
        if sign.isalnum():
            word += sign
            continue
        found += [word] if word else []
        found += [] if sign == " " else [sign]
        word = ""
    return found


def hashed(found):
    return hashlib.sha256(" ".join(found).encode("utf-8")).hexdigest()


def short(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode("utf-8")).digest()[:6]).decode("ascii")


# Walked back ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def text(article):
    return ARTICLE.read_bytes().decode("utf-8")


def walk_back(text, start, end, count, span, prefix, suffix):
    """Compare a place's measures with those of the article's characters from `start` to `end`."""
    found = signs(text[start:end])
    assert count == len(found) > 0
    assert span == hashed(found)
    assert prefix == hashed(signs(text[:start])[-8:])
    assert suffix == hashed(signs(text[end:])[:8])


def test_cells_picked_at_random(ask, text, tell):
    """FMDATA_TEST_SEED=... repeats a pick."""
    seed = os.environ.get("FMDATA_TEST_SEED") or os.urandom(4).hex()
    cells = ask(
        "SELECT CAST(table_name AS VARCHAR), row_key, column_name, as_written FROM provenance "
        "WHERE as_written IS NOT NULL ORDER BY ALL"
    )
    for table, row, column, words in random.Random(seed).sample(cells, 5):
        tell(f"walked back (seed {seed}): {table} {row!r} {column}")
        [(written, line_start, line_end, *measures)] = ask(
            "SELECT as_written, line_start, line_end, char_start, char_end, token_count, span_sha256, prefix_sha256, "
            "suffix_sha256 FROM where_from(?, ?) WHERE column_name = ?", table, row, column,
        )  # fmt: skip
        start, end, *_ = measures
        walk_back(text, *measures)
        assert written == words and words in text[start:end]
        lines = "\n".join(text.split("\n")[line_start - 1 : line_end])
        assert text[start:end] in lines


def test_every_place(ask, text):
    places = ask(
        "SELECT line_start, line_end, sentence_number, char_start, char_end, token_count, span_sha256, prefix_sha256, "
        "suffix_sha256 FROM passages"
    )
    assert len(places) > 150
    for first, last, sentence, start, end, *measures in places:
        walk_back(text, start, end, *measures)
        assert (first, last) == (text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 1)
        assert text[start:end] == text[start:end].strip()
        if not sentence:
            # The whole lines, but for a mark before them.
            lines = "\n".join(text.split("\n")[first - 1 : last]).rstrip()
            assert re.fullmatch(r"( +(•|\d+\.) )?", lines.removesuffix(text[start:end])), lines
    assert len({(start, end) for *_, start, end, _, _, _, _ in places}) == len(places)


def test_every_string_stands_in_its_place(ask, text):
    cells = ask(
        "SELECT as_written, char_start, char_end FROM provenance JOIN passages USING (passage_id) "
        "WHERE as_written IS NOT NULL"
    )
    assert len(cells) > 500
    assert [words for words, start, end in cells if words not in text[start:end]] == []


# What is written ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def anchored(article, tmp_path_factory):
    """A project without anchors and word runs that was anchored once: its root, and what was said."""
    from click.testing import CliRunner

    from fmdata.cli import main

    root = copy_inputs(tmp_path_factory.mktemp("anchored") / "project")
    for file in (ANCHORS, WORD_RUNS):
        (root / file).unlink()
    result = CliRunner().invoke(main, ["anchor", str(ARTICLE), "--root", str(root)])
    return root, result


def test_both_files_are_made_as_they_are_committed(anchored):
    root, result = anchored
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[-2:] == [ANCHORS, WORD_RUNS]
    for file in (ANCHORS, WORD_RUNS):
        assert (root / file).read_bytes() == (ROOT / file).read_bytes(), f"{file}: run `fmdata anchor`"


def test_a_second_run_writes_the_same_bytes(anchored, run, tmp_path):
    root = shutil.copytree(anchored[0], tmp_path / "project")
    assert run("anchor", ARTICLE, "--root", root).stdout == anchored[1].stdout
    for file in (ANCHORS, WORD_RUNS):
        assert (root / file).read_bytes() == (anchored[0] / file).read_bytes()
    assert {path.name for path in (root / "raw" / SOURCE).iterdir()} == {
        path.name for path in (ROOT / "raw" / SOURCE).iterdir()
    }  # fmt: skip


def rows(file):
    return list(csv.DictReader(io.StringIO((ROOT / file).read_bytes().decode("ascii"))))


def test_anchors_are_in_the_order_of_the_text():
    found = [(int(r["line_start"]), int(r["line_end"]), int(r["sentence_number"] or 0)) for r in rows(ANCHORS)]
    assert len(found) > 150 and found == sorted(set(found))
    starts = [int(row["char_start"]) for row in rows(ANCHORS)]
    assert starts == sorted(starts)
    for row in rows(ANCHORS):
        hashes = re.findall("[A-Za-z0-9_-]{8}", row["value_hashes"])
        assert "".join(hashes) == row["value_hashes"] and hashes == sorted(set(hashes))


def test_anchors_hold_the_strings_of_their_place(ask):
    """No more and no fewer than the release has, each with the column whose cells rest on it."""
    strings = {}
    for first, last, sentence, column, words in ask(
        "SELECT DISTINCT line_start, line_end, coalesce(sentence_number, 0), table_name || '.' || column_name, "
        "as_written FROM provenance JOIN passages USING (passage_id) WHERE as_written IS NOT NULL"
    ):
        strings.setdefault((first, last, sentence), set()).add(short(f"{column}\x1f{words}"))
    for row in rows(ANCHORS):
        place = int(row["line_start"]), int(row["line_end"]), int(row["sentence_number"] or 0)
        assert row["value_hashes"] == "".join(sorted(strings.pop(place, ())))
    assert strings == {}


def test_word_runs_are_nothing_but_hashes_of_runs(article):
    """Of every eight words in a row of a line that is no reference, and of nothing else: so no text can be read."""
    text = (ROOT / WORD_RUNS).read_bytes()
    assert len(text) < 64_000
    found, allowed = {}, set()
    for number, line in enumerate(article):
        words = [sign for sign in signs(line) if sign[0].isalnum()]
        hashes = [short(" ".join(words[at : at + 8])) for at in range(len(words) - 7)]
        found[str(number)] = [] if REFERENCE.match(line) else hashes
        allowed |= set(hashes if REFERENCE.match(line) else [])
    written = rows(WORD_RUNS)
    assert [row["line_number"] for row in written] == [str(n) for n, line in enumerate(article) if line.strip()]
    assert list(written[0]) == ["line_number", "is_bibliographic", "run_hashes", "row_hash"]
    for row in written:
        if REFERENCE.match(article[int(row["line_number"])]):
            assert row["is_bibliographic"] == "true"
        hashes = [one for one in found[row["line_number"]] if one not in allowed]
        assert row["run_hashes"] == "".join(hashes)
        assert re.fullmatch("[A-Za-z0-9_-]{8}", row["row_hash"])
    assert sum(map(len, found.values())) > 500


def test_no_word_of_the_article_can_be_read_in_what_is_written(article):
    """Not in the hashes either, as far as a word is long enough not to stand there by chance."""
    words = {word for line in article for word in re.findall(r"\w{6,}", told(line))}
    assert len(words) > 500
    for file in (ANCHORS, WORD_RUNS):
        _, text = (ROOT / file).read_text(encoding="ascii").casefold().split("\n", 1)
        assert [word for word in words if word in text] == []
        assert re.fullmatch(r"[0-9a-z_,\n-]*", text), "something else than numbers and hashes"


# What is refused ------------------------------------------------------------------------------------------------------


def state(root):
    """Every extract with its bytes and the time it was written."""
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (root / "raw").rglob("*") if path.is_file()}


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_failing_anchor_leaves_everything_as_it_is(project, run, article):
    rates = project / f"raw/{SOURCE}/autoantibody_rates.csv"
    replace(rates, "Serotonin,,73%", "Serotonin,,37%")
    replace(rates, "rates-without-denominators,13\n", f"rates-without-denominators,{len(article)}\n")
    before = state(project)
    result = run("anchor", ARTICLE, "--root", project)
    assert (result.exit_code, result.stdout) == (1, "")
    assert '"37%" does not stand in line 12' in result.stderr
    assert f"there is no line {len(article)}; expected a line from 1 to {len(article) - 1}" in result.stderr
    assert "2 failures. Nothing was written." in result.stderr
    assert state(project) == before


def test_another_text_is_not_anchored(project, run, article, tmp_path):
    (tmp_path / "copy.txt").write_bytes(ARTICLE.read_bytes() + b"\n")
    before = state(project)
    result = run("anchor", tmp_path / "copy.txt", "--root", project)
    assert (result.exit_code, result.stdout) == (1, "")
    for capture in ((tmp_path / "copy.txt").read_bytes(), ARTICLE.read_bytes()):
        assert hashlib.sha256(capture).hexdigest() in result.stderr
    assert state(project) == before
