"""CHANGELOG.md: which dates it has, and how a release takes what was unreleased."""

from __future__ import annotations

import pytest

from fmdata.changelog import dates, day, read, with_release
from fmdata.errors import FmdataError

KEPT = "# Changelog\n\nWords.\n\n## [Unreleased]\n\n### Added\n\n- A tree.\n\n## [1.0.0] - 2026-01-02\n\n- Begun.\n"


def fault(call, *arguments):
    with pytest.raises(FmdataError) as caught:
        call(*arguments)
    return str(caught.value)


@pytest.fixture
def root(tmp_path):
    """Makes a project with a changelog."""

    def make(text):
        (tmp_path / "CHANGELOG.md").write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return make


@pytest.mark.parametrize(("heading", "date"), [
    ("## [1.2.0] - 2026-11-26", "2026-11-26"), ("## 1.2.0 - 2026-11-26", "2026-11-26"),
    ("##  [1.2.0]  -  2026-11-26  ", "2026-11-26"), ("## [1.2.0] - 2026-11-26\r", "2026-11-26"),
    ("## [1.2.0]", None), ("# [1.2.0] - 2026-11-26", None), ("### [1.2.0] - 2026-11-26", None),
    ("## [Unreleased]", None), ("## Words - here", None), (" ## [1.2.0] - 2026-11-26", None),
])  # fmt: skip
def test_a_heading_has_the_date_of_its_version(root, heading, date):
    assert dates(root(f"# Changelog\n\n{heading}\n")) == ({"1.2.0": date} if date else {})


@pytest.mark.parametrize("date", ["2026-02-30", "2026-1-2", "26.11.2026", "2026-11-26T00:00", "soon", "２０２６-01-02"])
def test_what_is_no_date_is_told_with_its_line(root, date):
    assert fault(dates, root(f"# Changelog\n\n## [1.0.0] - {date}\n")).startswith('CHANGELOG.md:3: "' + date)


def test_a_version_has_one_part(root):
    told = fault(dates, root("## [1.0.0] - 2026-01-02\n## [1.0.0] - 2026-01-03\n"))
    assert told.startswith("CHANGELOG.md:2: the version 1.0.0 has a part already")


def test_no_changelog_and_one_that_is_no_text_are_told(root, tmp_path):
    assert "there is no such file" in fault(read, tmp_path)
    assert "not UTF-8" in fault(read, root(b"\xff"))


def test_days():
    assert day("2024-02-29", "--date") == "2024-02-29"
    assert fault(day, "2023-02-29", "--date").startswith('--date: "2023-02-29" is not a date')


def test_what_was_unreleased_goes_under_the_version():
    assert with_release(KEPT, "1.1.0", "2026-03-04", ["- `trees`: 1 row added."]) == (
        "# Changelog\n\nWords.\n\n## [Unreleased]\n\n## [1.1.0] - 2026-03-04\n\n### Added\n\n- A tree.\n\n"
        "### Data\n\n- `trees`: 1 row added.\n\n## [1.0.0] - 2026-01-02\n\n- Begun.\n"
    )


def test_nothing_unreleased_and_nothing_in_the_data():
    made = with_release("## [Unreleased]", "1.0.0", "2026-01-02", [])
    assert made == "## [Unreleased]\n\n## [1.0.0] - 2026-01-02\n"


@pytest.mark.parametrize("next_part", ["## [0.9.0] - 2025-01-01 [YANKED]", "## Before there were versions", "## 0.9"])
def test_the_unreleased_part_ends_at_any_heading_of_its_kind(next_part):
    made = with_release(f"## [Unreleased]\n\n- New.\n\n{next_part}\n\n- Old.\n", "1.0.0", "2026-01-02", ["- Data."])
    assert made.index("- New.") < made.index("### Data") < made.index(next_part) < made.index("- Old.")


def test_a_release_twice_is_told():
    assert "the version 1.0.0 has a part already" in fault(with_release, KEPT, "1.0.0", "2026-03-04", [])


def test_a_changelog_without_a_part_for_what_is_unreleased_is_told():
    assert "there is no heading ## [Unreleased]" in fault(with_release, "# Changelog\n", "1.0.0", "2026-03-04", [])


def test_a_part_data_of_its_own_is_told():
    text = KEPT.replace("### Added", "### Data")
    assert fault(with_release, text, "1.1.0", "2026-03-04", []).startswith("CHANGELOG.md:7: the unreleased part")
    # That of an older version stands where it should.
    with_release(KEPT + "\n### Data\n", "1.1.0", "2026-03-04", [])
