"""A release's zip as something that a stranger may have made: looked through before anything of it is written."""

from __future__ import annotations

import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from fmdata.errors import FmdataError, quote

# What a zip may unpack to in all, in how many members, and how many times its own size a member may have. Only where a
# member is large does its ratio tell anything; what deflates best, one byte again and again, comes to 1,030.
_MOST_BYTES, _MOST_MEMBERS = 20_000_000_000, 10_000
_MOST_RATIO, _LARGE = 500, 1_000_000
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_ADVICE = "Take the zip from where it was released"


class Archive:
    """The members of a zip below its one folder, by their path there."""

    def __init__(self, source: zipfile.ZipFile, place: str) -> None:
        self._source, self._place = source, place
        found = source.infolist()
        if len(found) > _MOST_MEMBERS:
            self._refuse(f"it has {len(found):,} members", f"at most {_MOST_MEMBERS:,}")
        tops = set()
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in found:
            self._look(member)
            top, _, path = member.filename.partition("/")
            tops.add(top)
            if not path and not member.is_dir():
                self._refuse(f"{quote(top)} stands beside its folder", "every member below one folder")
            if path and not member.is_dir():
                self._members[path] = member
        if len(tops) > 1:
            self._refuse(f"its members are below {len(tops)} folders", "one folder")
        self._once([member.filename.rstrip("/") for member in found])
        for path in self._members:
            if other := next((own for own in map(str, PurePosixPath(path).parents) if own in self._members), None):
                self._refuse(f"the member {quote(other)} is a file and the folder of {quote(path)}", "one of them")
        total = sum(member.file_size for member in found)
        if total > _MOST_BYTES:
            self._refuse(f"it would unpack to {total:,} bytes", f"at most {_MOST_BYTES:,}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def unpack(self, path: str, folder: Path) -> None:
        """Write one member to `folder`, where it has the same path. Raises `FmdataError` if it is not what it says."""
        member, target = self._members[path], folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        read = 0
        try:
            with self._source.open(member) as packed, target.open("wb") as file:
                while block := packed.read(1 << 20):
                    read += len(block)
                    if read > member.file_size:
                        break
                    file.write(block)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            self._refuse(f"{quote(path)} cannot be unpacked ({error})", "a sound member")
        if read != member.file_size:
            self._refuse(f"{quote(path)} is not as long as its header says", f"{member.file_size:,} bytes")

    def _look(self, member: zipfile.ZipInfo) -> None:
        name, told = member.orig_filename, quote(member.orig_filename)
        parts = name.removesuffix("/").split("/")
        if name != member.filename or not name.isprintable() or re.search(r"[\\:]", name) or {"", ".", ".."} & {*parts}:
            self._refuse(f"the member {told} leads out of its folder or has no plain name", "names such as folder/file")
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            self._refuse(f"the member {told} is a link or a device", "files")
        if member.flag_bits & _ENCRYPTED:
            self._refuse(f"the member {told} is encrypted", "members that anyone can read")
        if member.compress_type not in _PLAIN:
            self._refuse(f"the member {told} is compressed in another way", "deflate, or none")
        if member.file_size > max(_LARGE, _MOST_RATIO * member.compress_size):
            found = f"the member {told} would unpack to {member.file_size:,} bytes out of {member.compress_size:,}"
            self._refuse(found, f"at most {_MOST_RATIO} times as many")

    def _once(self, names: list[str]) -> None:
        """No two names are the same, nor are where case or the form of a letter does not count."""
        seen: dict[str, str] = {}
        for name in names:
            folded = unicodedata.normalize("NFKC", name).casefold()
            if folded in seen:
                self._refuse(f"the members {quote(seen[folded])} and {quote(name)} collide", "each name once")
            seen[folded] = name

    def _refuse(self, found: str, expected: str) -> None:
        raise FmdataError(f"{self._place}: {found}; expected {expected}. {_ADVICE}.")


@contextmanager
def reading_zip(file: Path, place: str) -> Iterator[Archive]:
    """The members of a zip. Raises `FmdataError` for what is no zip, and for one that cannot be trusted."""
    try:
        source = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise FmdataError(f"{place}: not a sound zip ({error}); expected the zip of a release. {_ADVICE}.") from None
    with source:
        yield Archive(source, place)
