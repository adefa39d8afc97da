"""Putting a finished release in its place: whole or not at all, whatever interrupts it (Linux, macOS)."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fmdata.errors import FmdataError

LATEST = "latest"
_STAGE = ".stage-"
_OLD = ".old-"


@contextmanager
def staging(dist: Path) -> Iterator[Path]:
    """A new folder below `dist` to build in, gone afterwards unless it was swapped in. One build at a time.

    What a killed build left behind is removed first.
    """
    dist.mkdir(parents=True, exist_ok=True)
    with _locked(dist):
        _recover(dist)
        for target in dist.glob(LATEST):
            if target.is_symlink() or not target.is_dir() or not os.access(target, os.W_OK):
                raise FmdataError(
                    f"{target}: expected a folder that can be replaced. Move it away or make it writable."
                )
        folder = Path(tempfile.mkdtemp(prefix=_STAGE, dir=dist))
        folder.chmod(0o755)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def swap(folder: Path, target: Path) -> None:
    """Make `folder` the new `target`, everything on disk first; the previous one is removed afterwards.

    What cannot be removed then is left to the next build: the new one stands.
    """
    for path in [*folder.rglob("*"), folder]:
        _sync(path)
    if not target.exists():
        folder.rename(target)
    elif _exchange(folder, target):
        shutil.rmtree(folder, ignore_errors=True)
    else:
        # Where the system cannot exchange two folders, a kill between the renames is mended by the next build.
        old = target.with_name(_OLD + target.name)
        target.rename(old)
        folder.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    _sync(target.parent)


def replace_files(texts: dict[Path, str]) -> None:
    """Write each text to its file; every one is on disk before the first takes its place."""
    parts = {path: path.with_name(f".{path.name}.part") for path in texts}
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            parts[path].write_text(text, encoding="utf-8")
            _sync(parts[path])
        for path, part in parts.items():
            part.replace(path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


@contextmanager
def _locked(dist: Path) -> Iterator[None]:
    with (dist / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise FmdataError(f"{dist}: another build is at work here. Wait for it to end.") from None
        yield


def _recover(dist: Path) -> None:
    for old in dist.glob(f"{_OLD}*"):
        target = old.with_name(old.name.removeprefix(_OLD))
        if not target.exists():
            old.rename(target)
        else:
            shutil.rmtree(old, ignore_errors=True)
    for stage in dist.glob(f"{_STAGE}*"):
        shutil.rmtree(stage, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step (Linux); False where the system or the file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    at_cwd, exchange = -100, 2
    if renameat2(at_cwd, os.fsencode(one), at_cwd, os.fsencode(other), exchange) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS, errno.EPERM):
        return False
    raise OSError(code, os.strerror(code), str(other))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
