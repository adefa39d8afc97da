"""Citations in words: what the processor and its styles give for the dataset and for works of many kinds."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest

from fmdata.contract import load_published
from fmdata.errors import FmdataError
from fmdata.references import dataset_item, reference_items, table_item
from fmdata.references.styles import bibliography, names

STYLES = (
    "apa", "vancouver", "chicago-author-date", "modern-language-association", "nature", "ieee",
    "harvard-cite-them-right", "american-medical-association",
)  # fmt: skip


@pytest.fixture(scope="module")
def works(db, built):
    return reference_items(db, load_published(built.folder))


@pytest.fixture(scope="module")
def meadow(built_meadow):
    package = load_published(built_meadow.folder)
    return replace(package, descriptor={**package.descriptor, "created": "2026-01-02"})


def test_apa_of_a_dataset(meadow, built):
    assert bibliography([dataset_item(meadow)]) == [
        "Klee, A., & Friends & Fields. (2026). Plants of a meadow (Version 0.1.0) [Data set]. Meadow Press. "
        "https://doi.org/10.5555/Meadow.1"
    ]
    package = load_published(built.folder)
    dated = replace(package, descriptor={**package.descriptor, "created": "2026-01-02"})
    descriptor = {word: told for word, told in package.descriptor.items() if word != "created"}
    undated = replace(package, descriptor=descriptor)
    assert bibliography([dataset_item(dated), dataset_item(undated)]) == [
        f"The fmdata contributors. ({year}). Fibromyalgia and autoimmunity: facts of a health article as checked, "
        f"citable data (Version {built.version}) [Data set]."
        for year in ("2026", "n.d.")
    ]


def test_apa_of_works(works):
    given = {key: bibliography([works[key]])[0] for key in ("ref-01", "ref-03", "ref-04", "ref-10", "ref-17")}
    assert given == {
        "ref-01": "Goebel, A., Krock, E., Gentry, C., et al. (2021). Passive transfer of fibromyalgia symptoms from "
        "patients to mice. J Clin Invest, 131(13), Article e144201. https://doi.org/10.1172/jci144201",
        "ref-03": "National Institute of Environmental Health Sciences. (n.d.). Autoimmune diseases.",
        "ref-04": "Inanici, F., & Yunus, M. B. (2004). History of fibromyalgia: past to present. "
        "Curr Pain Headache Rep, 8(5), 369–378. https://doi.org/10.1007/s11916-996-0010-6",
        "ref-10": "Jung, C., Ichesco, E., Ratai, E. M., et al. (2020). Magnetic resonance imaging of neuroinflammation "
        "in chronic pain: a role for astrogliosis? Pain, 161(7), 1555–1564. "
        "https://doi.org/10.1097/j.pain.0000000000001815",
        "ref-17": "Tennant, F. (n.d.). Microglial modulators: a new therapeutic class. Pract Pain Manag.",
    }


@pytest.mark.parametrize("style", STYLES)
def test_nothing_is_left_over(works, meadow, style, recwarn):
    """No markup, no escapes, no two marks in a row, no label of what is not there, and no warning."""
    items = [dataset_item(meadow), table_item(meadow, "plants"), *works.values()]
    texts = bibliography(items, style)
    assert len(texts) == len(items)
    for text in texts:
        odd = re.search(r"<[a-z/]|&[a-z]+;|\.\.|,,| [,.;]|\?\.|  |\(\)|\bp\.(?!\s?[\w])|Edition|others", text)
        assert odd is None, text
        assert text == text.strip()
    assert list(recwarn) == []


def test_a_cut_list_of_authors_is_et_al_in_every_style(works):
    for style, wanted in {
        "vancouver": "Goebel A, Krock E, Gentry C, et al. Passive",
        "chicago-author-date": "Goebel, A., E. Krock, C. Gentry, et al. 2021. “Passive Transfer",
        "modern-language-association": "Goebel, A., et al. “Passive",
        "harvard-cite-them-right": "Goebel, A. et al. (2021)",
    }.items():
        # The one behind it has all of its authors named, in the same style.
        first, second = bibliography([works["ref-01"], works["ref-02"]], style)
        assert first.removeprefix("1. ").startswith(wanted)
        assert "et al" not in second or style == "modern-language-association"


def test_numbers_stand_before_several_and_not_before_one(works):
    items = [works["ref-26"], works["ref-25"]]
    assert bibliography(items, "nature") == [
        "1. MedlinePlus. Small fiber neuropathy.",
        "2. Johns Hopkins Medicine. Small fiber sensory neuropathy.",
    ]
    assert bibliography(items[:1], "nature") == ["MedlinePlus. Small fiber neuropathy."]
    assert bibliography(items[:1], "ieee") == ["MedlinePlus, “Small fiber neuropathy.”"]


def test_words_with_signs_and_digits_keep_their_letters(works):
    item = {**works["ref-22"], "title": "The table brain_regions and mRNA of nlrp3"}
    [text] = bibliography([item], "modern-language-association")
    assert "“The Table brain_regions and" in text and "of nlrp3.”" in text


def test_styles_that_follow_another_or_were_renamed(works):
    items = list(works.values())
    assert bibliography(items, "mla") == bibliography(items, "modern-language-association")
    assert bibliography(items, "Nature-Digest.csl") == bibliography(items, "nature")


def test_names_are_those_of_all_styles():
    found = names()
    assert len(found) > 10_000 and set(STYLES) - set(found) == {"vancouver"}
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    ("style", "told"),
    [
        ("appa", '"appa" is no citation style; expected a name of CSL, e.g. apa'),
        ("vancovr", "e.g. vancouver"),
        ("../apa", '"../apa" is no citation style'),
        ("", "e.g. apa, vancouver, chicago-author-date."),
        ("business-and-human-rights-journal", "is for notes and has no bibliography. Choose another, e.g. apa."),
        ("eva-berlin-konferenz", "the citation processor cannot follow the style eva-berlin-konferenz (AttributeError"),
    ],
)
def test_styles_that_cannot_be_used(works, style, told):
    with pytest.raises(FmdataError, match=re.escape(told)):
        bibliography([works["ref-01"]], style)


def test_no_processor_is_imported_before_it_is_used():
    code = "import sys, fmdata.references, fmdata.references.styles as _; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "fmdata.references.styles" in loaded
    assert {"citeproc", "lxml", "bibtexparser", "pylatexenc", "rispy"} & set(loaded) == set()
