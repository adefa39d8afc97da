"""Opening releases: latest, versions, folders and zips; and everything that is no release, or none to trust."""

from __future__ import annotations

import json
import shutil
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from fmdata.errors import FmdataError
from fmdata.history import opened, published, unpack
from releases import field, packed, release, table

TREES = table("trees", [field("id"), field("name")], [["1", "oak"], ["2", "ash"]], "id")
TOP = "trees-1.0.0"


@pytest.fixture
def folder(tmp_path):
    return release(tmp_path / "release", [TREES])


@pytest.fixture
def scratch(tmp_path):
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


def refusal(place, root, scratch):
    """What is said of a place where there is no release; nothing of it is left."""
    with pytest.raises(FmdataError) as caught, opened(str(place), root, scratch):
        pass
    assert list(scratch.iterdir()) == []
    assert not (root / "escaped").exists() and not (scratch.parent / "escaped").exists()
    return str(caught.value)


def test_a_folder_a_zip_a_version_and_latest_are_the_same_release(folder, tmp_path, scratch):
    project = tmp_path / "project"
    shutil.copytree(folder, project / "dist/latest")
    (project / "dist/releases/1.0.0").mkdir(parents=True)
    packed(folder, project / "dist/releases/1.0.0/trees-1.0.0.zip")
    file = packed(folder, tmp_path / "some.zip")
    found = []
    for place in (folder, file, project / "dist/releases/1.0.0", "1.0.0", "latest"):
        with opened(str(place), project, scratch) as one:
            found.append((one.package.name, str(one.version), one.content, one.hashes, one.rows("trees")))
            assert (one.folder / "data/trees.csv").read_bytes() == (folder / "data/trees.csv").read_bytes()
    assert len(found) == 5 and all(one == found[0] for one in found)
    assert list(scratch.iterdir()) == []


def test_only_what_the_descriptor_names_is_unpacked(folder, tmp_path, scratch):
    (folder / "README.md").write_text("words")
    (folder / "trees.duckdb").write_bytes(b"0" * 100)
    with opened(str(packed(folder, tmp_path / "a.zip")), tmp_path, scratch) as one:
        files = {path.relative_to(one.folder).as_posix() for path in one.folder.rglob("*") if path.is_file()}
    assert files == {"datapackage.json", "data/trees.csv"}


def test_places_without_a_release(tmp_path, scratch):
    (tmp_path / "empty").mkdir()
    (tmp_path / "duck").mkdir()
    (tmp_path / "duck/trees.duckdb").write_bytes(b"")
    (tmp_path / "csv/data").mkdir(parents=True)
    (tmp_path / "csv/data/a.csv").write_text("a\n")
    (tmp_path / "zips").mkdir()
    for name in "ab":
        (tmp_path / f"zips/{name}.zip").write_bytes(b"")
    (tmp_path / "dist/releases/1.10.0").mkdir(parents=True)
    (tmp_path / "dist/releases/1.9.0").mkdir()
    for place, said in {
        "latest": "there is no build; expected one. Run `fmdata build` first",
        "2.0.0": "2.0.0: no such version was released; there are 1.9.0, 1.10.0",
        "1.9.0": "1.9.0: the folder has no datapackage.json",
        tmp_path / "nothing": "nothing of that name; expected latest, a version, a folder or a zip",
        tmp_path / "empty": "the folder has no datapackage.json",
        tmp_path / "duck": "the folder has a DuckDB file, but no datapackage.json that says what",
        tmp_path / "csv": "the folder has CSV files, but no datapackage.json that says what",
        tmp_path / "zips": "found several zips (a.zip, b.zip); expected one",
    }.items():
        assert said in refusal(place, tmp_path, scratch)
    assert "there is none yet" in refusal("2.0.0", tmp_path / "empty", scratch)


def rewrite(folder, change):
    descriptor = json.loads((folder / "datapackage.json").read_text())
    change(descriptor)
    (folder / "datapackage.json").write_text(json.dumps(descriptor))


def spoil(**files):
    return lambda folder: [(folder / "data" / f"{name}.csv").write_text(text) for name, text in files.items()]


def told(change):
    return lambda folder: rewrite(folder, change)


UNSOUND = {
    "a CSV changed": (spoil(trees="id,name\n1,elm\n"), "data/trees.csv is not the file that was published"),
    "a CSV more": (spoil(shrubs="id\n1\n"), "data/shrubs.csv is in no table of its contract"),
    "a CSV less": (lambda folder: (folder / "data/trees.csv").unlink(), "data/trees.csv is missing"),
    "no hash": (told(lambda d: d["resources"][0].pop("hash")), "data/trees.csv is not the file that was published"),
    "content hash": (told(lambda d: d.update(contentHash="sha256:0")), "the content hash in datapackage.json is not"),
    "a suffix": (told(lambda d: d.update(version="1.0.0-rc")), '"1.0.0-rc" is not a version of data; expected three'),
    "no version": (told(lambda d: d.pop("version")), "its contract is not sound: datapackage.json:1"),
    "another header": (told(lambda d: d["resources"][0]["schema"]["fields"].reverse()), "its header is not the fields"),
    "a project": (told(lambda d: d["resources"][0].update(path="dist/latest/data/trees.csv")), "is in its dist/latest"),
    "no JSON": (lambda folder: (folder / "datapackage.json").write_text("{"), "datapackage.json:1:2: not JSON"),
    "a key twice": (told(lambda d: d["resources"][0]["schema"].update(primaryKey=["id", "id"])), "is no key"),
    "a path outside": (told(lambda d: d["resources"][0].update(path="../trees.csv")), "leaves the package"),
    "a name outside": (told(lambda d: d["resources"][0].update(name="../trees")), "is not a resource name"),
}


@pytest.mark.parametrize("form", ["folder", "zip"])
@pytest.mark.parametrize("case", UNSOUND)
def test_a_release_that_is_not_what_it_says(case, form, folder, tmp_path, scratch):
    change, said = UNSOUND[case]
    change(folder)
    place = folder if form == "folder" else packed(folder, tmp_path / "a.zip")
    message = refusal(place, tmp_path, scratch)
    assert message.startswith(f"{place}: ") and said in message


def member(name, body=b"x", mode=0o100644, **more):
    entry = zipfile.ZipInfo("x")
    entry.filename = entry.orig_filename = name
    entry.external_attr = mode << 16
    entry.compress_type = more.get("compress", zipfile.ZIP_DEFLATED)
    return lambda archive: archive.writestr(entry, body)


def double(archive):
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(f"{TOP}/data/trees.csv", "id,name\n")


ZEROS = bytes(2_000_000)
HOSTILE = {
    "a path that climbs": (member(f"{TOP}/../../escaped"), "leads out of its folder"),
    "a path that only climbs": (member("../escaped"), "leads out of its folder"),
    "an absolute path": (member("/tmp/escaped"), "leads out of its folder"),
    "a backslash": (member(f"{TOP}\\..\\escaped"), "leads out of its folder"),
    "a drive": (member("C:/escaped"), "leads out of its folder"),
    "an empty part": (member(f"{TOP}//escaped"), "leads out of its folder"),
    "a dot": (member(f"{TOP}/./escaped"), "leads out of its folder"),
    "a control character": (member(f"{TOP}/a\nb"), "leads out of its folder"),
    "a link": (member(f"{TOP}/data/link.csv", b"/etc/passwd", stat.S_IFLNK | 0o777), "is a link or a device"),
    "a device": (member(f"{TOP}/data/pipe", b"", stat.S_IFIFO | 0o666), "is a link or a device"),
    "the same member twice": (double, 'and "trees-1.0.0/data/trees.csv" collide; expected each name once'),
    "members that differ in case": (member(f"{TOP}/data/TREES.csv"), "collide"),
    "members that differ in form": (member(f"{TOP}/data/ﬁ.csv"), "collide"),
    "a file where a folder is": (member(f"{TOP}/data"), 'the member "data" is a file and the folder of'),
    "another folder": (member("other/file"), "its members are below 2 folders"),
    "a file beside the folder": (member("file"), '"file" stands beside its folder'),
    "a bomb": (member(f"{TOP}/bomb", ZEROS), "would unpack to 2,000,000 bytes out of 1,9"),
    "another compression": (member(f"{TOP}/b", compress=zipfile.ZIP_BZIP2), "is compressed in another way"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_zip_is_refused(case, folder, tmp_path, scratch):
    put, said = HOSTILE[case]
    file = packed(folder, tmp_path / "a.zip")
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        if case.endswith("form"):
            archive.writestr(f"{TOP}/data/fi.csv", "x")
        put(archive)
    message = refusal(file, tmp_path, scratch)
    assert said in message and message.endswith("Take the zip from where it was released.")


def headers(file, name):
    """The bytes of a zip, and where the local and the central header of a member begin in them."""
    body = file.read_bytes()
    return bytearray(body), body.index(name.encode()) - 30, body.rindex(name.encode()) - 46


@pytest.mark.parametrize("size", [1, 5, 100_000])
def test_a_header_that_lies_about_a_size_is_found_out(size, folder, tmp_path, scratch):
    file = packed(folder, tmp_path / "a.zip")
    changed, local, central = headers(file, f"{TOP}/data/trees.csv")
    changed[central + 24 : central + 28] = changed[local + 22 : local + 26] = struct.pack("<I", size)
    file.write_bytes(changed)
    said = "is not as long as its header says" if size > 100 else "cannot be unpacked (Bad CRC-32"
    assert said in refusal(file, tmp_path, scratch)


def test_an_encrypted_member_is_refused(folder, tmp_path, scratch):
    file = packed(folder, tmp_path / "a.zip")
    changed, local, central = headers(file, f"{TOP}/data/trees.csv")
    changed[central + 8] |= 1
    changed[local + 6] |= 1
    file.write_bytes(changed)
    assert "is encrypted" in refusal(file, tmp_path, scratch)


def test_a_name_that_ends_early_is_refused(folder, tmp_path, scratch):
    """What stands behind a NUL is cut off by readers, so that two of them see two names."""
    file = packed(folder, tmp_path / "a.zip")
    name = f"{TOP}/data/trees.csv".encode()
    file.write_bytes(file.read_bytes().replace(name, name[:-1] + b"\0"))
    assert "leads out of its folder or has no plain name" in refusal(file, tmp_path, scratch)


def test_what_is_cut_short_or_no_zip(folder, tmp_path, scratch):
    file = packed(folder, tmp_path / "a.zip")
    whole = file.read_bytes()
    for body in (b"", b"no zip", whole[:200], whole[:-30]):
        file.write_bytes(body)
        assert "not a sound zip" in refusal(file, tmp_path, scratch)
    file.write_bytes(whole)
    spoilt, local, _ = headers(file, f"{TOP}/data/trees.csv")
    spoilt[local + 30 + len(f"{TOP}/data/trees.csv")] ^= 0xFF
    file.write_bytes(spoilt)
    assert "cannot be unpacked" in refusal(file, tmp_path, scratch)


def test_a_zip_without_a_descriptor(tmp_path, scratch):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("t/data/a.csv", "a\n")
    assert "the zip has no datapackage.json" in refusal(tmp_path / "a.zip", tmp_path, scratch)
    with zipfile.ZipFile(tmp_path / "b.zip", "w"):
        pass
    assert "the zip has no datapackage.json" in refusal(tmp_path / "b.zip", tmp_path, scratch)


def test_more_than_may_be_unpacked(folder, tmp_path, scratch, monkeypatch):
    file = packed(folder, tmp_path / "a.zip")
    total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    monkeypatch.setattr(unpack, "_MOST_BYTES", total)
    with opened(str(file), tmp_path, scratch):
        pass
    monkeypatch.setattr(unpack, "_MOST_BYTES", total - 1)
    assert f"it would unpack to {total:,} bytes" in refusal(file, tmp_path, scratch)
    monkeypatch.setattr(unpack, "_MOST_MEMBERS", 1)
    assert "it has 2 members" in refusal(file, tmp_path, scratch)


def test_the_real_release_is_one(built, tmp_path, scratch):
    zips = sorted(built.folder.glob("*.zip"))
    for place in (built.folder, *zips):
        with opened(str(place), tmp_path, scratch) as one:
            assert (one.content, str(one.version)) == (built.content, built.version)
            assert {resource.name: one.rows(resource.name) for resource in one.package} == built.counts
    assert len(zips) == 1 and published.RELEASES == "dist/releases" and isinstance(built.folder, Path)
