"""Every fault a project can have, each as a tiny project of its own in `tests/cases/<fault>/`.

`expected.json` says what must be told: `failures`, exactly, or `error`, for what is not a list of failures; `message`
and `error` are texts that must stand in the message.
`make.json`, where there is one, is what git does not keep well: `write` makes long files, `link` symbolic links.
"""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pytest

import fmdata
from fmdata.contract.constraints import CONSTRAINTS
from fmdata.extracts.gate import _CONTROLS
from fmdata.extracts.stage import _WORDS

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name for path in CASES.iterdir())
FILE_LEVEL = {"missing file", "unknown file", "file name", "symlink", "empty file", "columns"}


@pytest.fixture
def case(tmp_path, request):
    """The root of a copy of the case, with a release from before, and what is expected of it."""
    root = tmp_path / "project"
    shutil.copytree(CASES / request.param, root)
    expected = json.loads((root / "expected.json").read_text(encoding="utf-8"))
    (root / "expected.json").unlink()
    if (make := root / "make.json").exists():
        _make(root, json.loads(make.read_text(encoding="utf-8")))
        make.unlink()
    (root / "dist/latest").mkdir(parents=True)
    (root / "dist/latest/sentinel").write_text("the release before\n", encoding="utf-8")
    return root, expected


def _make(root, make):
    for file, parts in make.get("write", {}).items():
        text, times = parts["repeat"]
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes((parts["before"] + text * times + parts["after"]).encode("utf-8"))
    for link, target in make.get("link", {}).items():
        (root / link).parent.mkdir(parents=True, exist_ok=True)
        (root / link).symlink_to(target)


def _state(root):
    """Every file of a project with its bytes."""
    return {path: path.read_bytes() if path.is_file() else b"" for path in root.rglob("*") if path.name != ".lock"}


@pytest.mark.parametrize("case", NAMES, indirect=True)
def test_a_fault_is_told_and_nothing_is_published(run, case):
    root, expected = case
    before = _state(root)
    check = run("check", "--format", "json", "--root", root)
    assert check.exit_code == 1, check.output
    _compare(expected, json.loads(check.stdout))
    build = run("build", "--root", root)
    assert build.exit_code == 1, build.output
    for text in expected.get("message", []) + expected.get("error", []):
        assert text in build.stderr
    assert build.stdout == ""
    assert "Traceback" not in build.stderr
    assert _state(root) == before, "only the lock of a build may be new"


def _compare(expected, found):
    if "error" in expected:
        [error] = found
        assert error["rule"] == "error"
        for text in expected["error"]:
            assert text in error["message"]
        return
    assert [{key: f[key] for key in ("file", "line", "field", "rule")} for f in found] == expected["failures"]
    for text in expected["message"]:
        assert any(text in f["message"] for f in found), [f["message"] for f in found]
    for f in found:
        assert f["file"] and (f["line"] >= 1 or f["rule"] in FILE_LEVEL), f
        assert f["found"] and (f["expected"] or f["advice"]), f


def _rules_of_the_engine():
    """The name of every rule the engine can give, out of its source."""
    names = {*CONSTRAINTS, *(name.lower() for name in _WORDS), *(name for name, _ in _CONTROLS.values())}
    for path in sorted(Path(fmdata.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names |= {text.value for text in _rule(node) if isinstance(text, ast.Constant)}
    return {name for name in names if isinstance(name, str)}


def _rule(node):
    """Where a rule's name may stand: a failure's call, an assignment to `rule`, what `casts._faults` yields."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Failure", "failure"):
        yield from [word.value for word in node.keywords if word.arg == "rule"]
        yield from node.args[5:6] if node.func.id == "Failure" else node.args[:1]
    elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("rule", "(rule, words)"):
        for inner in ast.walk(node.value):
            yield from inner.elts[:1] if isinstance(inner, ast.Tuple) else ()
            yield from (inner.body, inner.orelse) if isinstance(inner, ast.IfExp) else ()
    elif isinstance(node, ast.FunctionDef) and node.name == "_faults":
        yield from (
            n.value.elts[0] for n in ast.walk(node) if isinstance(n, ast.Yield) and isinstance(n.value, ast.Tuple)
        )


def test_every_rule_has_a_case():
    expected = [json.loads((CASES / name / "expected.json").read_text(encoding="utf-8")) for name in NAMES]
    covered = {failure["rule"] for one in expected for failure in one.get("failures", [])}
    covered |= {"error" for one in expected if "error" in one}
    assert _rules_of_the_engine() - covered == set()


def test_a_file_of_a_header_alone_is_a_table_without_rows(run, small):
    shape = {"fields": [{"name": "id", "type": "integer", "constraints": {"required": True}}], "primaryKey": "id"}
    root = small(shape, {"raw/t.csv": "id\n"})
    assert run("build", "--root", root).exit_code == 0
    assert (root / "dist/latest/data/t.csv").read_text(encoding="utf-8") == "id\n"
