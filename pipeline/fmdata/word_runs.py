"""The words of a source that nothing published may hold in a row: which they are, hashed, line by line."""

from __future__ import annotations

from fmdata.capture import Capture
from fmdata.tokens import RUN, runs, words

Row = tuple[int, bool, str | None]


def word_runs(capture: Capture, free: set[int]) -> list[Row]:
    """One row for each line that is not blank: its number, whether it is `free`, the hashes of its runs unless it is.

    A run that also stands in a free line is free. Where a text is wrapped, runs go on from line to line.
    """
    found = [words(line) for line in capture.lines]
    allowed = {run for number in free for run in runs(found[number - 1])}
    rows: list[Row] = []
    for number, line in enumerate(capture.lines, 1):
        if line.strip():
            own = () if number in free else runs([*found[number - 1], *_following(capture, found, number, free)])
            rows.append((number, number in free, "".join(run for run in own if run not in allowed) or None))
    return rows


def _following(capture: Capture, found: list[list[str]], number: int, free: set[int]) -> list[str]:
    """The words that follow a line where its text goes on, as many as a run that begins on it can take."""
    following: list[str] = []
    for after in range(number + 1, len(found) + 1):
        if after in free or len(following) >= RUN - 1 or not _goes_on(capture, found, after):
            break
        following += found[after - 1]
    return following[: RUN - 1]


def _goes_on(capture: Capture, found: list[list[str]], number: int) -> bool:
    """Whether a line continues the one before: it begins with a small letter; or both are prose, no items of a list.

    Short lines that begin anew are headings and rows of tables: their words in a row are names and numbers.
    """
    line = capture.lines[number - 1]
    marked = capture.span(number, number)[0] - capture.starts[number - 1] > len(line) - len(line.lstrip())
    return line.lstrip()[:1].islower() or (len(found[number - 2]) >= RUN and line.strip() != "" and not marked)
