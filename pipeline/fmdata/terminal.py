"""What people see on a terminal: tables, progress, color. In a pipe there is neither color nor progress."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from fmdata.progress import Progress, Step

if TYPE_CHECKING:
    from fmdata.catalog import Table
    from fmdata.query import Answer


def show_answer(answer: Answer) -> None:
    """Print an answer as a table; on a terminal too narrow for it, one record below the other."""
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    cells = [["" if value is None else str(value) for value in row] for row in answer.rows]
    widths = [max(map(len, column), default=0) for column in zip(answer.columns, *cells, strict=True)]
    if sys.stdout.isatty() and sum(widths) + 3 * len(widths) > 2 * shutil.get_terminal_size().columns:
        _show_records(answer.columns, cells)
        return
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for index, column in enumerate(answer.columns):
        numbers = any(type(row[index]) in (int, float) for row in answer.rows)
        grid.add_column(Text(column), justify="right" if numbers else "left", overflow="fold")
    for row in cells:
        grid.add_row(*map(Text, row))
    _print(grid)


def _show_records(columns: list[str], rows: list[list[str]]) -> None:
    from rich.table import Table as Grid
    from rich.text import Text

    for number, row in enumerate(rows, 1):
        grid = Grid(box=None, show_header=False, pad_edge=False, title=f"record {number}", title_justify="left")
        for column, value in zip(columns, row, strict=True):
            grid.add_row(Text(column), Text(value, overflow="fold"))
        _print(grid)


def show_tables(found: list[Table], columns: bool) -> None:
    """Print each table with its rows and what one of them is, or all there is to say of one and its columns."""
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    if not columns:
        for heading, side in (("table", "left"), ("rows", "right"), ("what it holds", "left")):
            grid.add_column(heading, justify=side)  # type: ignore[arg-type]
        for table in found:
            first = table.words.partition(". ")[0].rstrip(".") + "."
            grid.add_row(table.name, table.kind if table.rows is None else f"{table.rows:,}", Text(first))
    else:
        click.echo(found[0].words)
        for heading in ("column", "type", "what it holds"):
            grid.add_column(heading)
        for column, kind, words in found[0].columns:
            grid.add_row(Text(column), Text(kind), Text(words))
    _print(grid)


def _print(grid: object) -> None:
    """Print for the terminal's width; in a pipe, lines are as long as they need to be."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else 10_000, highlight=False, no_color=not colored(sys.stdout))
    with console.capture() as captured:
        console.print(grid)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def colored(stream: Any) -> bool:
    """Whether to color what goes to a stream: on a terminal, unless NO_COLOR says otherwise."""
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR")


@contextmanager
def progress() -> Iterator[Progress]:
    """What is being done, on a terminal, once it has taken a second; silence in a pipe."""
    if not sys.stderr or not sys.stderr.isatty():
        yield lambda _: None
        return
    import threading

    from rich.console import Console

    console, begun, ended = Console(stderr=True), time.monotonic(), threading.Event()
    doing = [(Step("starting"), begun)]
    with console.status("") as status:
        status.stop()

        def show() -> None:
            if not ended.wait(1):
                status.start()
            while not ended.wait(0.2):
                step, since = doing[0]
                status.update(f"{_told(step, time.monotonic() - since)} · {time.monotonic() - begun:.0f} s")

        watcher = threading.Thread(target=show, daemon=True)
        watcher.start()
        try:
            yield lambda step: doing.__setitem__(0, (step, time.monotonic()))
        finally:
            ended.set()
            watcher.join()


def _told(step: Step, seconds: float) -> str:
    """A step in words: its rows, how many a second, and the time left, as far as they are known by now."""
    rows, part = step.done()
    words = f"{step.words} …"
    if rows and seconds >= 0.5:
        words += f" {rows:,} rows, {rows / seconds:,.0f} a second"
        if 0 < part < 1:
            words += f", {seconds / part - seconds:.0f} s left"
    return words
