"""Every fault a project can have, each as a tiny project of its own in `tests/cases/<fault>/`.

`expected.json` says what must be told: `failures`, exactly, or `error`, for what is not a list of failures; `message`
and `error` are texts that must stand in the message. With `anchor`, a file of the project, `fmdata anchor` of that file
must tell it, else `check` and `build`.
`make.json`, where there is one, says what the project is made of beside the case's own files: `base` names a sound
project in `tests/bases/` that they are laid over, `edit` replaces texts in its files, each of which stands there once,
`remove` lists files to leave out. A base that is `released` was so before it was edited.
`write` makes long files, `link` symbolic links: git does not keep these well. `parquet` makes Parquet files of SELECTs,
and `pack` puts a file of the case into another form, whole or spoiled (`packing.py`).
"""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pytest

import fmdata
from conftest import BASES
from fmdata.contract.constraints import CONSTRAINTS
from fmdata.extracts.gate import _CONTROLS
from fmdata.extracts.structure import _WORDS
from fmdata.freeze import freeze
from fmdata.sql import MEMORY
from packing import pack, write_parquet

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name for path in CASES.iterdir())
FILE_LEVEL = {"missing file", "unknown file", "file name", "symlink", "empty file", "columns"}
FILE_LEVEL |= {"no word runs", "line unaccounted for", "compression", "parquet", "two forms", "key gone"}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Copies a base to a new folder, released."""
    return releasing(tmp_path_factory)


def releasing(tmp_path_factory):
    done = {}

    def copy(base, root):
        if base not in done:
            done[base] = shutil.copytree(BASES / base, tmp_path_factory.mktemp("released") / base)
            freeze(done[base], "2026-01-02", lambda _: None, MEMORY)
            shutil.rmtree(done[base] / "dist/latest")
        shutil.copytree(done[base], root)

    return copy


@pytest.fixture
def case(tmp_path, request, released):
    """The root of a copy of the case, with a release from before, and what is expected of it."""
    root = project_of(request.param, tmp_path / "project", released)
    (root / "dist/latest").mkdir(parents=True)
    (root / "dist/latest/sentinel").write_text("the release before\n", encoding="utf-8")
    return root, _read(CASES / request.param / "expected.json")


def project_of(name, root, released):
    """The project of a case, at a new folder."""
    own = CASES / name
    make = _read(own / "make.json") if (own / "make.json").exists() else {}
    if make.get("released"):
        released(make["base"], root)
    elif "base" in make:
        shutil.copytree(BASES / make["base"], root)
    shutil.copytree(own, root, ignore=shutil.ignore_patterns("expected.json", "make.json"), dirs_exist_ok=True)
    _make(root, make)
    return root


def _read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def _make(root, make):
    for file, edits in make.get("edit", {}).items():
        text = (root / file).read_bytes().decode("utf-8")
        for old, new in edits:
            assert text.count(old) == 1, f"{file}: {old!r} stands there {text.count(old)} times"
            text = text.replace(old, new)
        (root / file).write_bytes(text.encode("utf-8"))
    for file in make.get("remove", []):
        (root / file).unlink()
    for file, parts in make.get("write", {}).items():
        text, times = parts["repeat"]
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes((parts["before"] + text * times + parts["after"]).encode("utf-8"))
    for file, sql in make.get("parquet", {}).items():
        write_parquet(root / file, sql)
    for file, how in make.get("pack", {}).items():
        pack(root / file, root / how["of"], how)
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
    anchor = ("anchor", root / expected["anchor"]) if "anchor" in expected else ()
    machine = run(*(anchor or ("check",)), "--format", "json", "--root", root)
    assert machine.exit_code == 1, machine.output
    if anchor and "error" in expected:
        assert machine.stdout == ""
    else:
        _compare(expected, json.loads(machine.stdout))
    human = run(*(anchor or ("build",)), "--root", root)
    assert human.exit_code == 1, human.output
    for text in expected.get("message", []) + expected.get("error", []):
        assert text in human.stderr
    assert human.stdout == ""
    assert "Traceback" not in machine.stderr + human.stderr
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
        finished = f["rule"] == "rights" and "the finished file" in f["found"]
        # A Parquet file has rows, and no line with its header.
        header = f["file"].endswith(".parquet") and f["rule"].endswith(" header")
        assert f["file"] and (f["line"] >= 1 or f["rule"] in FILE_LEVEL or finished or header), f
        assert f["found"] and (f["expected"] or f["advice"]), f


def _rules_of_the_engine():
    """The name of every rule the engine can give, out of its source."""
    names = {*CONSTRAINTS, *(name.lower() for name in _WORDS), *(name for name, _ in _CONTROLS.values())}
    for path in sorted(Path(fmdata.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names |= {text.value for text in _rule(node) if isinstance(text, ast.Constant)}
    return {name for name in names if isinstance(name, str)}


# What makes failures, and which of its arguments is the rule.
_MAKERS = {"Failure": 5, "failure": 0, "alike": 4}


def _rule(node):
    """Where a rule's name may stand: a failure's call, an assignment to `rule`, what functions of failures give."""
    if isinstance(node, ast.Call) and (maker := ast.unparse(node.func).rpartition(".")[2]) in _MAKERS:
        yield from [word.value for word in node.keywords if word.arg == "rule"]
        yield from node.args[_MAKERS[maker] :][:1]
    elif isinstance(node, ast.Call) and ast.unparse(node.func) == "faults.append":
        yield from getattr(node.args[0], "elts", [])[1:2]
    elif isinstance(node, ast.Assign):
        yield from _assigned(node)
    elif isinstance(node, ast.FunctionDef) and node.name == "_faults":
        yield from (n.value.elts[0] for n in _with_a_tuple(node, ast.Yield))
    elif isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) == "tuple[str, ...]":
        # The fields of a failure from `field` on, as `checks.anchors` gives them.
        yield from (n.value.elts[1] for n in _with_a_tuple(node, ast.Return) if len(n.value.elts) == 5)


def _assigned(node):
    """What an assignment gives to the name `rule`."""
    target = node.targets[0]
    if ast.unparse(target) in ("rule", "(rule, words)"):
        yield node.value
        for inner in ast.walk(node.value):
            yield from inner.elts[:1] if isinstance(inner, ast.Tuple) else ()
            yield from (inner.body, inner.orelse) if isinstance(inner, ast.IfExp) else ()
    elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
        pairs = zip(target.elts, node.value.elts, strict=True)
        yield from (value for name, value in pairs if ast.unparse(name) == "rule")


def _with_a_tuple(function, kind):
    return [n for n in ast.walk(function) if isinstance(n, kind) and isinstance(n.value, ast.Tuple)]


def test_every_rule_has_a_case():
    expected = {name: _read(CASES / name / "expected.json") for name in NAMES}
    covered = {failure["rule"] for one in expected.values() for failure in one.get("failures", [])}
    covered |= {"error" for one in expected.values() if "error" in one}
    assert _rules_of_the_engine() - covered == set()
    # The rules of projects aside, no case expects a rule that is not seen in the engine.
    ruled = [one.get("failures", []) for name, one in expected.items() if (CASES / name / "pipeline/rules").exists()]
    own = {failure["rule"] for failures in ruled for failure in failures}
    assert covered - own - _rules_of_the_engine() == set()


def test_a_file_of_a_header_alone_is_a_table_without_rows(run, small):
    shape = {"fields": [{"name": "id", "type": "integer", "constraints": {"required": True}}], "primaryKey": "id"}
    root = small(shape, {"raw/t.csv": "id\n"})
    assert run("build", "--root", root).exit_code == 0
    assert (root / "dist/latest/data/t.csv").read_text(encoding="utf-8") == "id\n"


def test_anchoring_a_base_again_changes_no_byte(run, park):
    before = _state(park)
    for capture in sorted((park / "captures").iterdir()):
        assert run("anchor", capture, "--root", park).exit_code == 0
    assert _state(park) == before


def test_a_bibliographic_line_may_be_published_in_full(run, park):
    line = (park / "captures/oak-walk.txt").read_text(encoding="utf-8").split("\n")[10]
    assert run("build", "--root", park).exit_code == 0
    assert line in (park / "dist/latest/data/books.csv").read_text(encoding="utf-8")
    assert line in (park / "dist/latest/data/provenance.csv").read_text(encoding="utf-8")
    _make(park, {"edit": {"datapackage.json": [[', "bibliographic": true', ""]]}})
    assert run("anchor", park / "captures/oak-walk.txt", "--root", park).exit_code == 0
    told = json.loads(run("check", "--format", "json", "--root", park).stdout)
    assert {(f["file"], f["line"], f["rule"]) for f in told} == {("raw/oak-walk/books.csv", 2, "rights")}
