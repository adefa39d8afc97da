"""Folders of any file system that Spark has a connector for, through Hadoop's own interface."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from fmdata.errors import FmdataError

# The last line of a traceback of Python's.
_RAISED = re.compile(r"Traceback \(most recent call last\):\n(?:[ \t]+.*\n)*(\S.*)")
# What Hadoop takes for a wildcard.
_WILD = re.compile(r"([\\\[\]{}*?^,])")


@dataclass(frozen=True)
class File:
    """A file below a folder: its path from there, and its size in bytes."""

    path: str
    size: int


class Folder:
    """A folder, by its URL. Every method raises `FmdataError` where the file system refuses."""

    def __init__(self, spark: SparkSession, url: str) -> None:
        self._spark = spark
        self._gateway: Any = spark._jvm
        self._hadoop = self._gateway.org.apache.hadoop.fs
        with telling(url):
            self._path = self._hadoop.Path(url)
            self._files = self._path.getFileSystem(spark._jsc.hadoopConfiguration())
            self.url: str = self._files.makeQualified(self._path).toString()

    def file_url(self, path: str) -> str:
        """The URL of a file or folder below it, as Spark's readers take it; its writers take a path as it stands."""
        return _WILD.sub(r"\\\1", f"{self.url}/{path}")

    def exists(self) -> bool:
        """Whether there is such a folder."""
        with telling(self.url):
            return bool(self._files.exists(self._path))

    def files(self) -> list[File]:
        """Every file below it, in the order of their paths."""
        found = []
        with telling(self.url):
            there = self._files.listFiles(self._path, True)
            while there.hasNext():
                status = there.next()
                found.append(File(status.getPath().toString().removeprefix(f"{self.url}/"), int(status.getLen())))
        return sorted(found, key=lambda file: file.path)

    def write(self, path: str, pieces: Iterable[bytes]) -> None:
        """Write a file below it, of its pieces."""
        with telling(self.url):
            stream = self._files.create(self._hadoop.Path(f"{self.url}/{path}"), True)
            try:
                for piece in pieces:
                    stream.write(bytearray(piece))
            finally:
                stream.close()

    def move(self, old: str, new: str) -> None:
        """Give a file or folder below it another path."""
        with telling(self.url):
            done = self._files.rename(self._hadoop.Path(f"{self.url}/{old}"), self._hadoop.Path(f"{self.url}/{new}"))
        if not done:
            raise FmdataError(f"{self.url}/{old}: cannot be renamed to {new}.")

    def replace(self, new: str, old: str) -> None:
        """Put what is `new` below it in the place of what is `old`, which goes beside it until the new one stands."""
        self.recover(old)
        if self.has(old):
            self.move(old, _before(old))
        try:
            self.move(new, old)
        except BaseException:
            self.recover(old)
            raise
        self.remove(_before(old))

    def recover(self, path: str) -> None:
        """Put back what a `replace` that was stopped left beside a path, or remove it where its place is taken."""
        if not self.has(_before(path)):
            return
        if self.has(path):
            self.remove(_before(path))
        else:
            self.move(_before(path), path)

    def has(self, path: str) -> bool:
        """Whether there is a file or folder at a path below it."""
        with telling(self.url):
            return bool(self._files.exists(self._hadoop.Path(f"{self.url}/{path}")))

    def remove(self, path: str = "") -> None:
        """Remove it, or what is below it at a path, if it is there."""
        with telling(self.url):
            self._files.delete(self._hadoop.Path(f"{self.url}/{path}" if path else self.url), True)


def _before(path: str) -> str:
    return f".{path}.before"


def local(path: Path) -> str:
    """The URL of a folder of this machine, which each worker must have at the same path."""
    return f"file://{path.resolve()}"


class telling:
    """Tells as `FmdataError` what Spark or a file system refuses to do, and where; no traceback, no credentials."""

    def __init__(self, where: str) -> None:
        self._where = where

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        if isinstance(error, PySparkException | Py4JError):
            raise FmdataError(f"{self._where}: {cause(error)}") from None


def cause(error: Exception) -> str:
    """The first cause of what Spark tells, in one line."""
    if raised := _RAISED.search(str(error)):
        # What was raised on a worker ends its traceback; Java's follows it.
        return f"a worker failed. {raised[1].rstrip('.')}."
    java = getattr(error, "java_exception", None)
    text = str(error)
    while java is not None:
        text = str(java.getMessage() or java.toString())
        java = java.getCause()
    return text.strip().partition("\n")[0].rstrip(".") + "."
