"""A citation for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fmdata.references.styles import bibliography


def as_text(record: dict[str, Any], style: str) -> Iterator[str]:
    """Lines: the citation in a style, what it is of, and the works that contributed rows, in that style."""
    release, answer = record["release"], record["answer"]
    yield bibliography([record["item"]], style)[0]
    yield ""
    columns = ", ".join(str(column["name"]) for column in answer["columns"])
    for word, value in (
        ("id", record["id"]),
        ("release", f"{release['name']} {release['version']}, {release['released']}"),
        ("content", release["contentHash"]),
        ("answer", answer["hash"]),
        ("rows", f"{answer['rows']:,}"),
        ("columns", columns),
        ("kept in", f"citations/{record['id']}.json and .html"),
    ):
        yield f"{word:<8} {value}"
    if record["references"]:
        yield ""
        yield "References whose rows are in the answer:"
        for text in bibliography(record["references"], style):
            yield f"    {text}"
    if not record["creditsComplete"]:
        why = "the release does not say which its rows rest on, or they are too many to try each"
        yield f"    There may be more works: {why}."
