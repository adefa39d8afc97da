"""A project of many sources, each a walk through a park that was anchored: sound, or with a fault of each kind."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from fmdata.anchor import anchor
from histories import change

PARK = Path(__file__).parent / "bases" / "park"
WALKS = 12
_TREE = (
    "At the {nth} bend of the path grows the {label}, {height} metres high and by now older than the wall beside it."
)


def project(root: Path) -> Path:
    """Make it in the new folder `root`; the texts of the sources are in `captures`."""
    shutil.copytree(PARK, root, ignore=shutil.ignore_patterns("oak-walk*", "bench-walk*", "queries", "views"))
    manifest = json.loads((root / "raw/datapackage.json").read_text(encoding="utf-8"))
    contract = json.loads((root / "datapackage.json").read_text(encoding="utf-8"))
    contract.pop("views")
    names = [f"walk-{number}" for number in range(WALKS)]
    for resource in manifest["resources"]:
        resource["path"] = [f"{name}/{resource['name']}.csv" for name in names]
    for path, value in (("raw/datapackage.json", manifest), ("datapackage.json", contract)):
        (root / path).write_text(json.dumps(value), encoding="utf-8")
    for number, name in enumerate(names):
        _write(root, name, number)
    for name in names:
        anchor(root, root / "captures" / f"{name}.txt", lambda _: None)
    return root


def _write(root: Path, name: str, number: int) -> None:
    """Write a capture and the extracts that curators make of it; those that are anchors have no row yet."""
    trees = [(f"tree {number} of kind {kind}", 5 + 3 * number + kind) for kind in range(4)]
    lines = [f"Walk {number}", *(_TREE.format(nth=n, label=t, height=h) for n, (t, h) in enumerate(trees))]
    citation = f"A. Walker: The paths of the park, as they were walked in the year {1900 + number}. Park Press."
    text = "\n".join([*lines, citation]) + "\n"
    (root / "captures").mkdir(exist_ok=True)
    (root / "captures" / f"{name}.txt").write_text(text, encoding="utf-8")
    count, data = len(lines) + 1, text.encode()
    capture = f"{hashlib.sha256(data).hexdigest()},{len(data)},{count}"
    accounts = ["1,out_of_scope,A heading.", *(f"{n},extracted," for n in range(2, count + 1))]
    rows = {
        "sources": ["capture_sha256,capture_bytes,capture_lines", capture],
        "trees": ["label,height_as_written,remark,line,sentence", *_trees(trees)],
        "books": ["citation,line", f'"{citation}",{count}'],
        "lines": ["line_number,status,reason", *accounts],
        "anchors": [(PARK / "raw/oak-walk/anchors.csv").read_text(encoding="utf-8").partition("\n")[0]],
        "word_runs": [(PARK / "raw/oak-walk/word_runs.csv").read_text(encoding="utf-8").partition("\n")[0]],
    }  # fmt: skip
    (root / "raw" / name).mkdir()
    for table, own in rows.items():
        (root / "raw" / name / f"{table}.csv").write_text("\n".join(own) + "\n", encoding="utf-8")


def _trees(trees: list[tuple[str, int]]) -> list[str]:
    return [f"{label},{height} metres,,{line}," for line, (label, height) in enumerate(trees, 2)]


def spoil(root: Path) -> set[str]:
    """Make a fault of each kind, each in a source of its own; returns the rules that they break."""
    anchors = (root / "raw/walk-3/anchors.csv").read_bytes()
    (root / "raw/walk-2/anchors.csv").write_bytes(anchors)
    text = (root / "raw/walk-1/anchors.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (root / "raw/walk-1/anchors.csv").write_text("".join([*text, text[1]]), encoding="utf-8")
    change(root, "raw/walk-4/lines.csv", "3,extracted,\n", "")
    change(root, "raw/walk-5/trees.csv", "tree 5 of kind 2", "tree 5 of a kind")
    borrowed = "grows the tree 7 of kind 1, 27 metres high and by now"
    change(root, "raw/walk-6/trees.csv", "24 metres,,", f'24 metres,"{borrowed}",')
    runs = (root / "raw/walk-8/word_runs.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (root / "raw/walk-8/word_runs.csv").write_text("".join(runs[:2] + runs[3:]), encoding="utf-8")
    change(root, "raw/walk-9/sources.csv", ",6\n", ",7\n")
    return {
        "anchors of another source", "anchor twice", "line unaccounted for", "value not in its passage", "rights",
        "word runs edited", "stale anchors",
    }  # fmt: skip
