"""What the tests share: the real project, copies of it, and the command as a user runs it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fmdata.cli import main

ROOT = Path(__file__).parent.parent
ARTICLE = ROOT.parent / "shared" / "source" / "article.txt"
INPUTS = ("datapackage.json", "raw", "pipeline", "LICENSE", "CHANGELOG.md")


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run the command in this process: run("check", "--root", path). A defect of ours is raised, not hidden."""

    def call(*arguments: object, **options: object) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], **options)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the real project's inputs, without the engine, to change at will."""
    root = tmp_path / "project"
    root.mkdir()
    for item in INPUTS:
        source = ROOT / item
        if source.is_dir():
            shutil.copytree(source, root / item, ignore=shutil.ignore_patterns("fmdata", "__pycache__"))
        else:
            shutil.copyfile(source, root / item)
    return root


@pytest.fixture(scope="session")
def article() -> list[str]:
    """The lines of the article, line 1 at index 1; a test that needs it skips where it is absent."""
    if not ARTICLE.exists():
        pytest.skip("the article is not here: this check needs ../shared/source/article.txt")
    return ["", *ARTICLE.read_text(encoding="utf-8").split("\n")]


@pytest.fixture
def small(tmp_path: Path) -> Callable[[dict[str, object], dict[str, str]], Path]:
    """Make a small project without a pipeline: small(descriptor of the table `t`'s schema, {"raw/t.csv": text})."""
    import json

    def make(schema: dict[str, object], files: dict[str, str]) -> Path:
        root = tmp_path / "small"
        descriptor = {
            "name": "small",
            "title": "A small project",
            "version": "0.1.0",
            "licenses": [{"name": "CC0-1.0"}],
            "contributors": [{"title": "Somebody"}],
            "resources": [{"name": "t", "path": "dist/latest/data/t.csv", "schema": schema}],
        }
        texts = {"datapackage.json": json.dumps(descriptor), "LICENSE": "CC0\n", "CHANGELOG.md": "# Changelog\n", **files}
        for file, text in texts.items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_bytes(text.encode("utf-8"))
        return root

    return make
