"""The landing page of a citation: one page of HTML that needs nothing else, light or dark as its reader has it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --line: #d0d7de; --soft: #57606a; --head: #f6f8fa; --link: #0550ae }
@media (prefers-color-scheme: dark) { :root { --line: #3d444d; --soft: #9198a1; --head: #1c2128; --link: #79b8ff } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin: 2rem 0 .3rem }
a { color: var(--link) } .soft { color: var(--soft) }
blockquote { margin: .6rem 0; padding: .3rem 1rem; border-left: .3rem solid var(--line); overflow-wrap: anywhere }
pre { background: var(--head); border: 1px solid var(--line); padding: .6rem; overflow-x: auto; white-space: pre-wrap }
dt { font-weight: 600 } dd { margin: 0 0 .4rem 0; overflow-wrap: anywhere }
.scroll { overflow-x: auto } table { border-collapse: collapse }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left } th { background: var(--head) }
li { margin: .3rem 0; overflow-wrap: anywhere }
"""


def page(record: dict[str, Any]) -> str:
    """The page of a record: how to cite it, what was asked and found, how to have it again, and whom to credit."""
    return "\n".join(_lines(record)) + "\n"


def _lines(record: dict[str, Any]) -> Iterator[str]:
    release, answer = record["release"], record["answer"]
    title = escape(f"Citation {record['id']}")
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}: {escape(release['title'])}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>"
    yield f"<h1>{title}</h1>\n<p>The answer of one query of the dataset <cite>{escape(release['title'])}</cite>.</p>"
    yield f"<h2>How to cite it</h2>\n<blockquote>{escape(record['citation'])}</blockquote>"
    yield f"<h2>The query</h2>\n{_code(record['query']['written'])}"
    if record["query"]["normalised"] != record["query"]["written"]:
        yield f"<p>In its normal form:</p>\n{_code(record['query']['normalised'])}"
    yield "<h2>What it gave</h2>\n<dl>"
    for word, value in (
        ("Release", f"{release['name']} {release['version']}"),
        ("Released", f"{release['released']} (a release never changes: these rows were there from that day on)"),
        ("Content hash of the release", release["contentHash"]),
        ("Rows", f"{answer['rows']:,}"),
        ("Hash of the answer", answer["hash"]),
    ):
        yield f"<dt>{word}</dt><dd>{escape(value)}</dd>"
    yield '</dl>\n<div class="scroll"><table>\n<caption class="soft">Its columns</caption>'
    yield '<thead><tr><th scope="col">name</th><th scope="col">type</th></tr></thead>\n<tbody>'
    for column in answer["columns"]:
        yield f"<tr><td>{escape(column['name'])}</td><td>{escape(column['type'])}</td></tr>"
    yield "</tbody></table></div>"
    yield "<h2>How to get the same rows again</h2>"
    yield f"<p>Ask the file of release {escape(release['version'])} the query; or, in the project:</p>"
    yield _code(f"fmdata resolve {record['id']}")
    yield "<p>runs it again, and tells whether each row is the same.</p>"
    yield from _references(record)
    yield f'<p class="soft">Written by {escape(", ".join(f"{k} {v}" for k, v in record["program"].items()))}.</p>'
    yield "</main>\n</body>\n</html>"


def _references(record: dict[str, Any]) -> Iterator[str]:
    if not record["credited"]:
        return
    yield "<h2>Whose rows these are</h2>\n<p>Works and sources that contributed rows: credit them for it.</p>\n<ul>"
    for one in record["credited"]:
        doi = one.get("doi")
        link = f' <a href="https://doi.org/{escape(doi)}">{escape(doi)}</a>' if doi and doi not in one["text"] else ""
        yield f"<li>{escape(one['text'])}{link}{_basis(one)}</li>"
    yield "</ul>"


def _basis(one: dict[str, Any]) -> str:
    """How it is known that a work stands behind rows."""
    told = [str(one[word]).replace("_", " ") for word in ("linkBasis", "confidence") if one.get(word)]
    return f' <span class="soft">({escape(", ".join(told))})</span>' if told else ""


def _code(text: str) -> str:
    return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'
