"""The data dictionary, derived from the contract: as rows for the database, as Markdown for people."""

from __future__ import annotations

from fmdata.contract import Field, Package, Resource, lineage
from fmdata.contract.constraints import rules
from fmdata.writers.doors import DESCRIPTION, DOOR, describe

COLUMNS = {
    "table_name": "The table, view or table macro.",
    "column_name": "The column.",
    "position": "The column's place in the table, from 1.",
    "type": "Its Table Schema type; empty for a column of a view or macro.",
    "unit": "The unit of its values, where they have one.",
    "description": "What it holds.",
    "constraints": "What every value keeps.",
    "blank": "What a blank means, where a cell may be blank.",
}


def dictionary(package: Package) -> list[list[str]]:
    """One row a column of each table, view and macro, in the contract's order, as `COLUMNS` describes."""
    rows = []
    for resource in package:
        for position, field in enumerate(resource.fields, 1):
            description = field.words("description") or field.words("title")
            rows.append([resource.name, field.name, str(position), field.type, field.words("unit"), description,
                         constraint_words(resource, field), field.words("blank")])  # fmt: skip
    for view in package.views:
        for position, (column, words) in enumerate(view.fields, 1):
            rows.append([view.name, column, str(position), "", "", words, "", ""])
    if found := lineage(package):
        for position, (column, words) in enumerate(describe(found).items(), 1):
            rows.append([DOOR, column, str(position), "", "", words, "", ""])
    return rows


def constraint_words(resource: Resource, field: Field) -> str:
    """The field's keys and constraints in words."""
    words = []
    if field.name in resource.primary_key:
        words.append("key" if len(resource.primary_key) == 1 else "part of the key")
    words += [f"in {k.resource}" for k in resource.foreign_keys if field.name in k.fields]
    words += ["unique"] if (field.name,) in resource.keys and (field.name,) != resource.primary_key else []
    for rule in rules([field], resource.primary_key):
        if rule.name != "enum":
            words.append("required" if rule.name == "required" else rule.expected)
    words += [f"one of {closed_list(field)}"] if "enum" in field.constraints else []
    return "; ".join(words)


def closed_list(field: Field) -> str:
    """The values of a closed list, each with its definition where the contract gives one."""
    categories = field.descriptor.get("categories", field.constraints["enum"])
    values = [f"{c['value']} ({c['label']})" if isinstance(c, dict) and "label" in c else str(c) for c in categories]
    return ", ".join(values)


def markdown(package: Package, counts: dict[str, int]) -> str:
    """The dictionary as Markdown: a section a table, a line a field."""
    parts = []
    for resource in package:
        parts.append(
            f"### {resource.name}\n\n{resource.title}: {resource.description} Rows: {counts[resource.name]:,}.\n"
        )
        parts.append("| field | type | what it holds | keeps |\n| --- | --- | --- | --- |")
        for field in resource.fields:
            kind = f"{field.type} ({field.words('unit')})" if field.words("unit") else field.type
            words = " ".join(filter(None, [field.words("description") or field.words("title"), _blank(field)]))
            parts.append(f"| `{field.name}` | {kind} | {_cell(words)} | {_cell(constraint_words(resource, field))} |")
        parts.append("")
    for view in package.views:
        parts.append(f"### {view.name} (view, DuckDB file only)\n\n{view.title}: {view.description}\n")
        parts.append("| column | what it holds |\n| --- | --- |")
        parts += [f"| `{column}` | {_cell(words)} |" for column, words in view.fields]
        parts.append("")
    if found := lineage(package):
        parts.append(f"### {DOOR} (table macro, DuckDB file only)\n\n{DESCRIPTION}\n")
        parts.append("| column | what it holds |\n| --- | --- |")
        parts += [f"| `{column}` | {_cell(words)} |" for column, words in describe(found).items()]
        parts.append("")
    return "\n".join(parts)


def _blank(field: Field) -> str:
    return f"Blank: {field.words('blank')}" if field.words("blank") else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
