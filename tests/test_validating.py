"""The process that asks frictionless tells what `frictionless.validate` tells: it only opens tables less often."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import frictionless
import pytest
from frictionless.resources import TableResource

from fmdata.validating import validate

ROOT = Path(__file__).parent.parent
Descriptor = dict[str, Any]


def field(name: str, kind: str = "string") -> Descriptor:
    return {"name": name, "type": kind}


def references(fields: list[str], resource: str, to: list[str]) -> Descriptor:
    return {"fields": fields, "reference": {"resource": resource, "fields": to}}


def write(folder: Path, change: Callable[[Descriptor], object] = lambda _: None) -> None:
    """A package of two tables: plants refer to sites by one key, twice, and by two fields, and to plants."""
    (folder / "sites.csv").write_text("site,country,order\na,NO,1\nb,SE,2\n", encoding="utf-8")
    plants = "plant,site,second,country,order,parent\np,a,b,NO,1,\nq,b,,SE,2,p\n"
    (folder / "plants.csv").write_text(plants, encoding="utf-8")
    sites = {"primaryKey": ["site"], "fields": [field("site"), field("country"), field("order", "integer")]}
    keys = [
        references(["site"], "sites", ["site"]),
        references(["second"], "sites", ["site"]),
        references(["country", "order"], "sites", ["country", "order"]),
        references(["parent"], "", ["plant"]),
    ]
    names = [field(name) for name in ("plant", "site", "second", "country")]
    fields = [*names, field("order", "integer"), field("parent")]
    described = {
        "name": "garden",
        "resources": [
            {"name": "sites", "path": "sites.csv", "schema": sites},
            {"name": "plants", "path": "plants.csv", "schema": {"fields": fields, "foreignKeys": keys}},
        ],
    }
    change(described)
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")


def told(report: Descriptor) -> Descriptor:
    """A report without the time it took."""
    for part in (report, *report["tasks"]):
        part["stats"].pop("seconds")
    return report


def both(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Descriptor, Descriptor]:
    monkeypatch.chdir(folder)
    return told(validate("datapackage.json")), told(frictionless.validate("datapackage.json").to_descriptor())


@pytest.mark.parametrize(
    ("old", "new", "errors"),
    [
        ("p,a,b,NO,1,", "p,a,b,NO,1,", 0),
        ("p,a,b,NO,1,", "p,c,b,NO,1,", 1),
        ("p,a,b,NO,1,", "p,c,d,NO,2,x", 4),
        ("q,b,,SE,2,p", "q,,,SE,,p", 1),
        ("q,b,,SE,2,p", "q,b,,SE,two,p", 2),
        ("q,b,,SE,2,p", "q,b", 4),
    ],
)
def test_a_fault_of_a_row_is_told_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, errors: int
) -> None:
    write(tmp_path)
    plants = tmp_path / "plants.csv"
    plants.write_text(plants.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    ours, theirs = both(tmp_path, monkeypatch)
    assert ours == theirs
    assert ours["stats"]["errors"] == errors


@pytest.mark.parametrize("bad", ["site,country\na,NO\n", "site,country,order\na,NO,one\nb,SE,2\n", ""])
def test_a_fault_of_the_table_referred_to_is_told_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    write(tmp_path)
    (tmp_path / "sites.csv").write_text(bad, encoding="utf-8")
    ours, theirs = both(tmp_path, monkeypatch)
    assert ours == theirs
    assert not ours["valid"]


def no_name_of_resource(described: Descriptor) -> None:
    del described["resources"][0]["name"]


def no_such_table(described: Descriptor) -> None:
    described["resources"][1]["schema"]["foreignKeys"][0]["reference"]["resource"] = "places"


def no_such_file(described: Descriptor) -> None:
    described["resources"][0]["path"] = "absent.csv"


@pytest.mark.parametrize("change", [no_name_of_resource, no_such_table, no_such_file])
def test_a_fault_of_the_descriptor_is_told_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Descriptor], object]
) -> None:
    write(tmp_path, change)
    ours, theirs = both(tmp_path, monkeypatch)
    assert ours == theirs
    assert not ours["valid"]


def test_the_real_release_is_told_alike_and_opens_a_table_once_for_all_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = both(ROOT / "dist" / "latest", monkeypatch)
    assert ours == theirs
    assert ours["valid"]
    opened: list[str] = []
    opening = TableResource.open
    monkeypatch.setattr(TableResource, "open", lambda self: (opened.append(self.name), opening(self))[1])
    validate("datapackage.json")
    described = json.loads(Path("datapackage.json").read_text(encoding="utf-8"))["resources"]
    keys = [(table["name"], key["reference"]) for table in described for key in table["schema"].get("foreignKeys", [])]
    itself = [reference for table, reference in keys if reference["resource"] in ("", table)]
    others = {reference["resource"] for table, reference in keys if reference["resource"] not in ("", table)}
    assert len(opened) == len(described) + len(others) + len(itself) < len(described) + len(keys)
