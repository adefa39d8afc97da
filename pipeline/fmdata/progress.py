"""What a run is doing, for whoever watches: plain data that the work brings up to date and a terminal looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Step:
    """One stage of a run: `rows` are done so far, and `part` of the whole, from 0 to 1; either may stay unknown.

    Work that cannot report by itself has `total` rows, of which `percent` are done; it is negative while unknown.
    `stop` ends the work before its time.
    """

    words: str
    rows: int = 0
    part: float = 0.0
    total: int = 0
    percent: Callable[[], float] | None = None
    stop: Callable[[], None] = lambda: None

    def done(self) -> tuple[int, float]:
        """The rows and the part that are done, as far as is known."""
        if self.percent is None:
            return self.rows, self.part
        part = max(self.percent() / 100, 0.0)
        return int(self.total * part), part


Progress = Callable[[Step], None]
