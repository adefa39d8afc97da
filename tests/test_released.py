"""The releases that are committed: sound, and what today's build says they were."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile

import duckdb
import pytest

from conftest import ROOT
from fmdata.contract import load_published
from fmdata.history import RELEASES
from fmdata.history.releases import released
from fmdata.sql import name
from fmdata.writers.as_of import keeps
from fmdata.writers.csv import published_rows, published_values

VERSIONS = [str(version) for version in released(ROOT)]


@pytest.fixture(scope="module", params=VERSIONS)
def package(request, tmp_path_factory):
    """A released version as it was downloaded: the folder in its zip."""
    folder = tmp_path_factory.mktemp("released")
    with zipfile.ZipFile(ROOT / RELEASES / request.param / f"fmdata-{request.param}.zip") as archive:
        archive.extractall(folder)
    return folder / f"fmdata-{request.param}"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_released_version_verifies(run, version):
    result = run("verify", ROOT / RELEASES / version)
    assert (result.exit_code, result.stderr) == (0, ""), result.output


def test_a_released_version_says_itself_that_it_is_whole(package):
    result = subprocess.run([sys.executable, "-I", package / "verify.py"], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")


def test_tables_as_of_a_released_version_are_what_it_held(built, package):
    then = load_published(package)
    now = load_published(built.folder)
    kept = set(keeps(now, built.counts)) & {table.name for table in then}
    assert len(kept) > 20
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{built.folder / built.name}.duckdb' AS now (READ_ONLY); USE now")
        for resource in (table for table in then if table.name in kept):
            columns = ", ".join(map(name, resource.names()))
            told = f"SELECT {columns} FROM {name(f'{resource.name}_as_of')}('{then.version}')"
            held = f"SELECT {published_values(resource)} FROM {published_rows(resource, package)}"
            for one, other in ((told, held), (held, told)):
                more = con.execute(f"SELECT count(*) FROM ({one} EXCEPT ALL {other})").fetchall()
                assert more == [(0,)], resource.name


def test_the_changes_of_a_release_are_those_between_it_and_the_one_before(package):
    changes = json.loads((package / "changes.json").read_text(encoding="utf-8"))
    version = changes["new"]["version"]
    before = VERSIONS[: VERSIONS.index(version)]
    assert (changes["old"] or {}).get("version") == (before[-1] if before else None)
    assert changes["old"] is None or changes["minimum"]["version"] <= version
