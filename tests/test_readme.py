"""What the documents show is what the commands print, and what they name is there."""

from __future__ import annotations

import re
import shlex

import pytest

from conftest import ROOT

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/metadata.md"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSIONS = re.findall(r"```console\n\$ fmdata (.+)\n((?:.*\n)*?)```", README)


@pytest.mark.parametrize(("command", "shown"), SESSIONS, ids=[command[:60] for command, _ in SESSIONS])
def test_a_shown_session_is_a_real_one(built, run, command, shown):
    result = run(*shlex.split(command), "--root", built.folder.parents[1])
    assert result.stdout == shown


def test_there_are_sessions():
    assert len(SESSIONS) >= 3
    assert README.index("```console") < 1200, "a real query stands on the first screen"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (ROOT / target).exists(), target


def test_every_published_table_is_named(built):
    overview = README.split("## What is in it")[1].split("## Cookbook")[0]
    assert set(re.findall(r"^\| (`.+?`) \|", overview, re.MULTILINE)) and not [
        table for table in built.counts if f"`{table}`" not in overview
    ]


def test_numbers_in_words_are_the_builds(built, ask):
    assert f"{built.counts['passages']} places are exact" in README
    [(values,)] = ask("SELECT count(*) FROM provenance WHERE as_written IS NOT NULL")
    assert f"the words of all {values} values" in README.replace("\n", " ")
    assert f"{built.counts['bibliography']} references" in README
    questions = (built.folder / "COOKBOOK.md").read_text(encoding="utf-8").count("\n## ")
    words = {20: "Twenty", 21: "Twenty-one", 22: "Twenty-two", 23: "Twenty-three", 24: "Twenty-four"}
    assert f"{words[questions]} questions" in README


def test_the_cited_version_is_the_current_one(built):
    assert f"Version {built.version}." in README


def test_the_python_examples_run(built, monkeypatch):
    monkeypatch.chdir(built.folder.parents[1])
    [example] = [text for text in re.findall(r"```python\n(.+?)```", README, re.DOTALL) if "polars" in text]
    names: dict[str, object] = {}
    exec(example, names)
    assert len(names["rates"]) == built.counts["autoantibody_rates"]
