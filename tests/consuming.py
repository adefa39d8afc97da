"""Runs the code blocks of docs/consumers.md as they stand there, in an environment of their own (`make consumers`)."""

from __future__ import annotations

import csv
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

PAGE = ROOT / "docs/consumers.md"
BIN = ROOT / ".venv-consumers/bin"
EXAMPLE = "bibliography"
# Shown where a block leaves the rows of a table, whatever kind of thing holds them, as lists of values.
TELL = """
def told(found):
    if hasattr(found, "rows"):
        return found.rows()
    if hasattr(found, "fetchall"):
        return found.fetchall()
    if hasattr(found, "to_pylist"):
        return [list(row.values()) for row in found.to_pylist()]
    if hasattr(found, "iloc"):
        return found.astype(object).where(found.notna(), None).values.tolist()
    return found
import json, sys
blocks = json.load(sys.stdin)
answer = {}
for table, block in blocks.items():
    names = {}
    exec(block, names)
    answer[table] = [list(row) for row in told(names[table])]
print(json.dumps(answer, default=str))
"""
TELL_R = """
answer <- lapply(seq_len(nrow({0})), function(n) lapply(unname(as.list({0}[n, ])), function(cell)
  if (is.na(cell)) NULL else if (inherits(cell, "Date")) format(cell)
  else if (is.numeric(cell)) sprintf("number %.17g", cell) else cell))
cat("{1}", jsonlite::toJSON(answer, auto_unbox = TRUE, null = "null"), sep = "\\t", fill = FALSE)
cat("\\n")
"""


def section(heading: str, language: str) -> list[str]:
    """The blocks of a language below a heading of the page."""
    text = PAGE.read_text(encoding="utf-8")
    [body] = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    return re.findall(rf"^```{language}\n(.*?)^```", body, re.DOTALL | re.MULTILINE)


def of(block: str, table: str, package: str = "fmdata") -> str:
    """A block as it is for another table, and for another package's files."""
    return re.sub(r"\bfmdata(?=[./-])", package, re.sub(rf"\b{EXAMPLE}\b", table, block))


def needed(program: str) -> str:
    """Where a program is. Skips the test where it is not."""
    found = shutil.which(program, path=f"{BIN}:{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{program} is not here: docs/consumers.md is not tried with it")
    return found


def environment(**more: str) -> dict[str, str]:
    """With the consumers' programs first, then ours."""
    ours = Path(sys.executable).parent
    return {**os.environ, "PATH": f"{BIN}:{ours}:{os.environ['PATH']}", **more}


def shell(block: str, folder: Path) -> str:
    """What a block prints in a folder; it must succeed."""
    done = subprocess.run(
        ["sh", "-ec", block], cwd=folder, env=environment(HOME=str(folder)), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def python(block: str, folder: Path, tables: list[str], package: str = "fmdata", **more: str) -> dict[str, list]:
    """The rows of each of some tables, as a block of Python reads them."""
    if not (BIN / "python").exists():
        pytest.skip("the programs of docs/consumers.md are not here: `make consumers` installs them")
    blocks = {table: of(block, table, package) for table in tables}
    command = [BIN / "python", "-c", TELL]
    done = subprocess.run(
        command, cwd=folder, env=environment(**more), input=json.dumps(blocks), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def r(block: str, folder: Path, tables: list[str]) -> dict[str, list]:
    """The rows of each of some tables, as a block of R reads them."""
    # A table may have a name that no variable of R can have.
    quoted = {table: re.sub(rf'(["/]){EXAMPLE}(["."])', rf"\1{table}\2", block) for table in tables}
    script = "".join(quoted[table] + TELL_R.format(EXAMPLE, table) for table in tables)
    done = subprocess.run([needed("Rscript"), "-"], cwd=folder, input=script, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    lines = (line.split("\t", 1) for line in done.stdout.split("\n") if line)
    return {table: [list(map(_number, row)) for row in json.loads(rows)] for table, rows in lines}


def _number(cell: object) -> object:
    """A cell that R told of: it writes numbers to JSON with less digits than it has."""
    return float(cell.removeprefix("number ")) if isinstance(cell, str) and cell.startswith("number ") else cell


def plain(value: object) -> object:
    """A published value as programs tell it in JSON."""
    return str(value) if isinstance(value, datetime.date) else value


def texts(file: Path) -> list[list[str]]:
    """The cells of a CSV file, the header's too."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))
