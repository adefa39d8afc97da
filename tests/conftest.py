"""What the tests share: the real project, copies of it, and the command as a user runs it."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

import fmdata.release
import histories
from fmdata import independent
from fmdata.assemble import assemble, workspace
from fmdata.cli import main
from fmdata.contract import load
from fmdata.errors import FmdataError
from fmdata.failures import Failures
from fmdata.history import RELEASES
from fmdata.release import Release, build
from fmdata.spark.session import expect_spark, session
from fmdata.sql import MEMORY, Room
from on_spark import both, splits

__all__ = ["both", "splits"]

ROOT = Path(__file__).parent.parent
BASES = Path(__file__).parent / "bases"
ARTICLE = ROOT.parent / "shared" / "source" / "article.txt"
INPUTS = ("datapackage.json", "raw", "pipeline", "LICENSE", "CHANGELOG.md")
VERSION = json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))["version"]
MASTER = "local[2]"
TOLD = pytest.StashKey[list[str]]()


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run the command in this process: run("check", "--root", path). A defect of ours is raised, not hidden."""

    def call(*arguments: object, **options: object) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], **options)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


def copy_inputs(root: Path, releases: bool = False) -> Path:
    """Copy the real project's inputs, without the engine, to the new folder `root`.

    With its `releases` it is what is built; without them, it can be changed at will under the same version.
    """
    root.mkdir()
    if releases and (ROOT / RELEASES).is_dir():
        shutil.copytree(ROOT / RELEASES, root / RELEASES)
    for item in INPUTS:
        source = ROOT / item
        if source.is_dir():
            shutil.copytree(source, root / item, ignore=shutil.ignore_patterns("fmdata", "__pycache__"))
        else:
            shutil.copyfile(source, root / item)
    return root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the real project's inputs, without the engine, to change at will."""
    return copy_inputs(tmp_path / "project")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The release of a copy of the real project, built once for all tests: look at it, change nothing in it."""
    return build(copy_inputs(tmp_path_factory.mktemp("built") / "project", releases=True), lambda _: None)


@pytest.fixture(scope="session")
def db(built: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the DuckDB file of `built`, to read: one process opens a file in one way only."""
    copy = shutil.copy(built.folder / f"{built.name}.duckdb", tmp_path_factory.mktemp("db"))
    with duckdb.connect(str(copy), read_only=True) as con:
        yield con


@pytest.fixture(scope="session")
def ask(db: duckdb.DuckDBPyConnection) -> Callable[..., list[tuple[object, ...]]]:
    """The rows of a query of `db`, with its parameters."""
    return lambda sql, *values: db.execute(sql, list(values)).fetchall()


@pytest.fixture(scope="session")
def values(ask: Callable[..., list[tuple[object, ...]]]) -> Callable[..., list[object]]:
    """The values of a query of one column of `db`."""
    return lambda sql, *values: [row[0] for row in ask(sql, *values)]


@pytest.fixture(scope="session")
def assembled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The real project's typed, checked rows in memory: extracts in the schema raw, tables in main. Change neither."""
    scratch = tmp_path_factory.mktemp("scratch")
    with workspace(Room(MEMORY, scratch)) as con:
        with Failures(ROOT) as found:
            assemble(con, load(ROOT), found, lambda _: None, scratch)
        yield con


@contextmanager
def frictionless_unasked() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        for module in (independent, fmdata.release):
            patched.setattr(module, "IndependentReader", histories.Counted)
        yield


@pytest.fixture(scope="module")
def without_frictionless() -> Iterator[None]:
    """Builds of a module's tests do not ask frictionless."""
    with frictionless_unasked():
        yield


@pytest.fixture
def orchard(tmp_path: Path) -> Path:
    """A copy of the orchard of `bases/`, to change at will."""
    return Path(shutil.copytree(BASES / "orchard", tmp_path / "orchard"))


@pytest.fixture
def park(tmp_path: Path) -> Path:
    """A copy of the park of `bases/`, which has a text and places in it, to change at will."""
    return Path(shutil.copytree(BASES / "park", tmp_path / "park"))


@pytest.fixture(scope="session")
def built_meadow(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The release of the meadow of `bases/`, which cites works: look at it, change nothing in it."""
    root = Path(shutil.copytree(BASES / "meadow", tmp_path_factory.mktemp("built_meadow") / "meadow"))
    return build(root, lambda _: None)


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The orchard, built: look at it, change nothing in it."""
    root = Path(shutil.copytree(BASES / "orchard", tmp_path_factory.mktemp("built_once") / "orchard"))
    build(root, lambda _: None)
    return root


@pytest.fixture
def built_orchard(built_once: Path, tmp_path: Path) -> Path:
    """A copy of it, to change at will."""
    return Path(shutil.copytree(built_once, tmp_path / "built"))


@pytest.fixture
def fresh_orchard(tmp_path: Path) -> Path:
    """The orchard whose releases carry what changed, never released, without git."""
    return histories.orchard(tmp_path / "orchard")


@pytest.fixture(scope="session")
def released_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same orchard, released once and committed, frictionless unasked; change nothing in it."""
    root = histories.orchard(tmp_path_factory.mktemp("released_once") / "orchard")
    histories.commit(root)
    with frictionless_unasked():
        histories.release(root, "1.0.0")
    histories.commit(root)
    return root


@pytest.fixture
def released_orchard(released_once: Path, tmp_path: Path) -> Path:
    """A copy of it, to change at will."""
    return Path(shutil.copytree(released_once, tmp_path / "orchard"))


@pytest.fixture(scope="session")
def older_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Install a version of DuckDB aside, once; returns the folder for PYTHONPATH."""

    @functools.cache
    def install(version: str) -> Path:
        folder = tmp_path_factory.mktemp("duckdb") / version
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--target", folder, f"duckdb=={version}"], check=True)
        return folder

    return install


@pytest.fixture(scope="session")
def citable_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real project as a reader has it, released: its `dist/` alone; change nothing in it."""
    root = copy_inputs(tmp_path_factory.mktemp("citable_once") / "project")
    with frictionless_unasked():
        histories.build_released(root, "3.0.0")
    for path in root.iterdir():
        if path.name != "dist":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return root


@pytest.fixture
def citable(citable_once: Path, tmp_path: Path) -> Path:
    """A copy of it, to change at will."""
    return Path(shutil.copytree(citable_once, tmp_path / "citable"))


@pytest.fixture(scope="session")
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Add a line to the summary that ends the run, however quiet it is."""
    return request.config.stash.setdefault(TOLD, []).append


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What a worker of several was told goes to the one that writes the summary."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["told"] = session.config.stash.get(TOLD, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash.setdefault(TOLD, []).extend(getattr(node, "workeroutput", {}).get("told", []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash.get(TOLD, []):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def article() -> list[str]:
    """The lines of the article, line 1 at index 1; a test that needs it skips where it is absent."""
    if not ARTICLE.exists():
        pytest.skip("the article is not here: this check needs ../shared/source/article.txt")
    return ["", *ARTICLE.read_text(encoding="utf-8").split("\n")]


def write_small(root: Path, schema: dict[str, object], files: dict[str, str]) -> Path:
    """Write a small project without a pipeline: the descriptor of the table `t`'s schema, {"raw/t.csv": text}."""
    descriptor = {
        "name": "small",
        "title": "A small project",
        "version": "0.1.0",
        "licenses": [{"name": "CC0-1.0"}],
        "contributors": [{"title": "Somebody"}],
        "resources": [{"name": "t", "path": "dist/latest/data/t.csv", "schema": schema}],
    }
    texts = {
        "datapackage.json": json.dumps(descriptor),
        "LICENSE": "CC0\n",
        "CHANGELOG.md": "# Changelog\n",
        **files,
    }
    for file, text in texts.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes(text.encode("utf-8"))
    return root


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """One session of Spark for all tests, which takes seconds to start."""
    try:
        expect_spark(MASTER)
    except FmdataError as error:
        pytest.skip(f"no Spark here: {error}")
    # What Java compiles for long runs comes late for tables of a few rows.
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
    os.environ.setdefault("SPARK_DRIVER_MEMORY", "2g")
    with session(MASTER) as found:
        # For tables of a few rows, more parts cost more than they give.
        found.conf.set("spark.sql.shuffle.partitions", "3")
        yield found


@pytest.fixture
def small(tmp_path: Path) -> Callable[[dict[str, object], dict[str, str]], Path]:
    """Make a small project of a test's own: `write_small` without its folder."""
    return lambda schema, files: write_small(tmp_path / "small", schema, files)
