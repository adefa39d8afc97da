"""Version numbers of data: MAJOR.MINOR.PATCH, and how far a change raises them."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import NamedTuple

from fmdata.errors import FmdataError, quote

_NUMBER = "(0|[1-9][0-9]{0,8})"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")


class Bump(IntEnum):
    """Which number of a version a change raises, the least first."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        return self.name.lower()


class Version(NamedTuple):
    """A version; versions compare as they follow each other."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def raised(self, bump: Bump) -> Version:
        """The first version that is higher by `bump`.

        >>> str(Version(1, 4, 2).raised(Bump.MINOR))
        '1.5.0'
        """
        if bump == Bump.MAJOR:
            return Version(self.major + 1, 0, 0)
        if bump == Bump.MINOR:
            return Version(self.major, self.minor + 1, 0)
        return self._replace(patch=self.patch + 1) if bump == Bump.PATCH else self


def is_version(text: str) -> bool:
    """Whether a text is a version."""
    return _VERSION.fullmatch(text) is not None


def parse(text: str, where: str) -> Version:
    """The version that a text is. Raises `FmdataError`, naming `where` it stands, for any other text."""
    match = _VERSION.fullmatch(text)
    if match is None:
        expected = "three whole numbers without leading zeros and nothing behind them, e.g. 1.0.0"
        raise FmdataError(f"{where}: {quote(text)} is not a version of data; expected {expected}. Correct it.")
    return Version(*map(int, match.groups()))
