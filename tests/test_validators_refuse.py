"""Each validator can refuse: a release that is broken in one place does not pass it, and it names what is wrong."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import catalogues
import proofs
from fmdata.metadata.crate import write_crate

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def garden(tmp_path_factory) -> Path:
    """The rich release; change nothing in it."""
    return catalogues.made(catalogues.rich(tmp_path_factory.mktemp("garden") / "garden")).folder


@pytest.fixture
def release(garden, tmp_path) -> Path:
    """A copy of it, to break."""
    return Path(shutil.copytree(garden, tmp_path / "release"))


def replaced(file: str, old: str, new: str) -> Callable[[Path], None]:
    """Replaces a text in a file of a release."""

    def change(release: Path) -> None:
        text = (release / file).read_text(encoding="utf-8")
        assert old in text
        (release / file).write_text(text.replace(old, new), encoding="utf-8")

    return change


def edited(file: str, edit: Callable[[dict], object]) -> Callable[[Path], None]:
    """Edits a JSON file of a release."""

    def change(release: Path) -> None:
        record = json.loads((release / file).read_text(encoding="utf-8"))
        edit(record)
        (release / file).write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")

    return change


def dropped(file: str, pattern: str) -> Callable[[Path], None]:
    """Drops the lines of a file in which a pattern is found."""

    def change(release: Path) -> None:
        lines = (release / file).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not re.search(pattern, line)]
        assert len(kept) < len(lines)
        (release / file).write_text("".join(kept), encoding="utf-8")

    return change


def field(number: int, edit: Callable[[dict], object]) -> Callable[[Path], None]:
    """Edits a field of the first record set of croissant.json."""
    return edited("croissant.json", lambda record: edit(record["recordSet"][0]["field"][number]))


BROKEN = [
    # proof, what is broken, the words in which the validator tells it
    ("frictionless", replaced("data/plants.csv", "ash,oak,", "ash,oak,tall"), "type-error"),
    ("frictionless", replaced("data/plants.csv", "ash,oak,", "ash,elm,"), "foreign-key"),
    ("Data Package 2.0", edited("datapackage.json", lambda d: d["sources"].append({})), "sources[2]"),
    ("Data Package 2.0", edited("datapackage.json", lambda d: d["resources"].clear()), "resources"),
    ("datapackage", replaced("data/plants.csv", "ash,oak,", "ash,elm,"), "plants"),
    ("datapackage", replaced("data/plants.csv", "half-shade,\n", "dark,\n"), "light"),
    ("cffconvert", dropped("CITATION.cff", "^title:"), "title"),
    ("cffconvert", replaced("CITATION.cff", "type: book", "type: tome"), "tome"),
    ("cffconvert", replaced("CITATION.cff", "- ODbL-1.0", "- My own"), "My own"),
    ("mlcroissant validate", edited("croissant.json", lambda d: d["distribution"][0].pop("encodingFormat")), "encodi"),
    ("mlcroissant validate", field(0, lambda f: f.pop("dataType")), "dataType"),
    ("mlcroissant load", replaced("data/plants.csv", "ash,oak,", "ash,oak,3"), "SHA-256"),
    ("mlcroissant load", field(0, lambda f: f["source"]["extract"].update(column="nowhere")), "nowhere"),
    ("mlcroissant load", field(13, lambda f: f.update(dataType="sc:Integer")), "invalid literal"),
    ("DataCite 4.6", replaced("datacite.xml", "IsDerivedFrom", "IsMadeOf"), "IsMadeOf"),
    ("DataCite 4.6", dropped("datacite.xml", "<publicationYear>2026"), "publicationYear"),
    ("DataCite 4.6", edited("datacite.json", lambda d: d.pop("titles")), "titles"),
    ("DataCite 4.6", edited("datacite.json", lambda d: d.update(identifiers=[])), "identifiers"),
    ("DataCite 4.6", replaced("datacite.xml", "Gärtner, Rose", "Gärtner, Lily"), "not in both"),
    ("csvwvalidate", replaced("data/plants.csv", "ash,oak,", "ash,elm,"), "elm"),
    ("csvwvalidate", replaced("data/plants.csv", "ash,oak,", "oak,oak,"), "primary key"),
    ("csvwvalidate", replaced("data/plants.csv", "half-shade,\n", "dark,\n"), "dark"),
    ("csvwvalidate", replaced("data/plants.csv", "true,no,2001-03-04", "true,perhaps,2001-03-04"), "perhaps"),
    ("csvwvalidate", replaced("data/plants.csv", "05/06/2020", "2020-06-05"), "2020-06-05"),
    ("csvwvalidate", replaced("data/plants.csv", "oak,,400", "oak,,501"), "<= 500"),
    ("csvwvalidate", replaced("csv-metadata.json", '"data/empty.csv"', '"data/gone.csv"'), "gone"),
    ("sssom validate", replaced("mappings.sssom.tsv", catalogues.DATE, "soon"), "validation error"),
    ("parsers of citations", dropped("citation.bib", "^}$"), "citation.bib"),
    ("parsers of citations", replaced("citation.ris", "TI  - ", "ZZ  - "), "citation.ris"),
    ("parsers of citations", replaced("citation.csl.json", "]", ""), "JSONDecodeError"),
    ("sssom validate", replaced("mappings.sssom.tsv", "\tWILD:x_1\t", "\tTAME:x_1\t"), "TAME"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "broken", "words"), BROKEN, ids=[f"{name}-{words}" for name, _, words in BROKEN])
def test_it_refuses(name, broken, words, release):
    broken(release)
    done = proofs.run(name, release)
    assert done.returncode != 0, done.stdout
    assert words in done.stdout + done.stderr


@pytest.mark.parametrize(("old", "new"), [("\tNot\t", "\tNever\t"), ("\nFern\t", "\n\t")], ids=["modifier", "subject"])
def test_a_mapping_that_sssom_drops_is_missed(old, new, release):
    """The validator passes the file all the same: that is why its rows are counted."""
    count = len(json.loads(proofs.run("sssom parser", release).stdout)["rows"])
    replaced("mappings.sssom.tsv", old, new)(release)
    assert proofs.run("sssom validate", release).returncode == 0
    assert len(json.loads(proofs.run("sssom parser", release).stdout)["rows"]) == count - 1 == 2


CRATES = [
    (edited("ro-crate-metadata.json", lambda d: d["@graph"][1].pop("datePublished")), "datePublished"),
    (edited("ro-crate-metadata.json", lambda d: d["@graph"][1].pop("license")), "license"),
    (lambda crate: (crate / "data" / "plants.csv").unlink(), "plants.csv"),
]


@pytest.mark.parametrize(("broken", "words"), CRATES, ids=[words for _, words in CRATES])
def test_a_broken_crate_is_refused(broken, words, garden, tmp_path):
    proofs.skip_without(node=True)
    cache = tmp_path / "cache"
    subprocess.run([proofs.VALIDATORS / "python", "validators/offline.py", cache], cwd=proofs.ROOT, check=True)
    write_crate(garden, tmp_path / "crate")
    broken(tmp_path / "crate")
    done = proofs.run("rocrate-validator", garden, crate=tmp_path / "crate", cache=cache)
    assert done.returncode != 0
    assert words in done.stdout + done.stderr


def test_every_proof_is_seen_to_refuse():
    refusing = {name for name, _, _ in BROKEN} | {"rocrate-validator", "sssom parser"}
    assert refusing == proofs.PROOFS.keys()
