"""DuckDB DDL derived from the contract: types, keys, constraints and comments."""

from __future__ import annotations

from fmdata.contract import Field, Package, Resource
from fmdata.contract.constraints import rules
from fmdata.contract.types import storage
from fmdata.sql import literal, name


def enum_type(resource: Resource, field: Field) -> str:
    """The name of the ENUM type of a text field with a closed list, '' for other fields."""
    return f"{resource.name}_{field.name}" if field.type == "string" and "enum" in field.constraints else ""


def create_types(resource: Resource) -> list[str]:
    """CREATE TYPE for each closed list of texts."""
    return [
        f"CREATE TYPE {name(enum)} AS ENUM ({', '.join(map(literal, field.constraints['enum']))})"
        for field in resource.fields
        if (enum := enum_type(resource, field))
    ]


def create_table(resource: Resource) -> str:
    """CREATE TABLE with NOT NULL, CHECK, ENUM, UNIQUE, PRIMARY KEY and FOREIGN KEY."""
    found = rules(resource.fields, resource.primary_key)
    parts = []
    for field in resource.fields:
        kind = enum_type(resource, field)
        column = f"{name(field.name)} {name(kind) if kind else storage(field)}"
        for rule in found:
            if rule.field != field or (kind and rule.name == "enum"):
                continue
            column += " NOT NULL" if rule.name == "required" else f" CHECK ({rule.sql})"
        parts.append(column)
    for key in resource.keys:
        parts.append(f"{'PRIMARY KEY' if key == resource.primary_key else 'UNIQUE'} ({_list(key)})")
    for foreign in resource.foreign_keys:
        target = f"{name(foreign.resource)} ({_list(foreign.reference_fields)})"
        parts.append(f"FOREIGN KEY ({_list(foreign.fields)}) REFERENCES {target}")
    return f"CREATE TABLE {name(resource.name)} ({', '.join(parts)})"


def comments(resource: Resource) -> list[str]:
    """COMMENT ON for the table and each of its columns."""
    found = [f"COMMENT ON TABLE {name(resource.name)} IS {literal(resource.description or resource.title)}"]
    for field in resource.fields:
        column = f"{name(resource.name)}.{name(field.name)}"
        found.append(f"COMMENT ON COLUMN {column} IS {literal(comment(field))}")
    return found


def comment(field: Field) -> str:
    """What a column's comment says: the description, the unit, and what a blank means."""
    words = field.words("description") or field.words("title") or field.name
    if unit := field.words("unit"):
        words += f" Unit: {unit}."
    if blank := field.words("blank"):
        words += f" Blank: {blank}"
    return words


def load_order(package: Package) -> list[Resource]:
    """The resources in an order in which every foreign key finds its rows; the contract allows no circles."""
    order: list[Resource] = []
    left = list(package)
    while left:
        done = {resource.name for resource in order}
        ready = [r for r in left if all(k.resource in done or k.resource == r.name for k in r.foreign_keys)]
        order += ready
        left = [resource for resource in left if resource not in ready]
    return order


def _list(fields: tuple[str, ...]) -> str:
    return ", ".join(map(name, fields))
