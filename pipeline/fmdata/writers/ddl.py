"""DuckDB DDL derived from the contract: types, keys, constraints and comments."""

from __future__ import annotations

from collections.abc import Iterator

from fmdata.contract import Field, Package, Resource
from fmdata.contract.constraints import rules
from fmdata.contract.types import storage
from fmdata.order import in_order
from fmdata.sql import literal, name
from fmdata.writers.dictionary import closed_list


def statements(package: Package, counts: dict[str, int]) -> Iterator[tuple[Resource, list[str], list[str]]]:
    """Each resource with the statements that make its table, and those that come once it is filled, in an order to run.

    `counts` are the rows of each: those beyond the contract's limit have no keys in the file.
    """
    linked = {(r.name, field) for r in package for key in r.foreign_keys for field in key.fields}
    linked |= {(key.resource, field) for r in package for key in r.foreign_keys for field in key.reference_fields}
    parents = {key.resource for r in package for key in r.foreign_keys}
    keyed = {resource.name for resource in package} - set(unkeyed(package, counts))
    # The contract allows no circles but within a table.
    waits = {r.name: {key.resource for key in r.foreign_keys} - {r.name} for r in package}
    for resource in map(package.resource, in_order(waits)[0]):
        # DuckDB compares no ENUM with another type, so both sides of a foreign key are plain text.
        enums = {
            field.name: f"{resource.name}.{field.name}"
            for field in resource.fields
            if field.type == "string" and "enum" in field.constraints and (resource.name, field.name) not in linked
        }
        making = [*_types(resource, enums), _table(resource, enums, keyed, parents)]
        # An index takes half the time once the rows are there, but what others refer to needs it before.
        late = resource.primary_key and resource.name in keyed - parents
        yield (
            resource,
            making,
            [f"ALTER TABLE {name(resource.name)} ADD PRIMARY KEY ({_list(resource.primary_key)})"] if late else [],
        )


def unkeyed(package: Package, counts: dict[str, int]) -> list[str]:
    """The tables that are too large for keys in the file."""
    return [r.name for r in package if counts[r.name] > package.limits.keys and (r.keys or r.foreign_keys)]


def _types(resource: Resource, enums: dict[str, str]) -> list[str]:
    return [
        f"CREATE TYPE {name(enums[field.name])} AS ENUM ({', '.join(map(literal, field.constraints['enum']))})"
        for field in resource.fields
        if field.name in enums
    ]


def _table(resource: Resource, enums: dict[str, str], keyed: set[str], parents: set[str]) -> str:
    """CREATE TABLE with NOT NULL, CHECK, ENUM, and between tables that are `keyed` UNIQUE and FOREIGN KEY.

    The primary key is among them in `parents`, to which rows refer.
    """
    found = rules(resource.fields, resource.primary_key)
    parts = []
    for field in resource.fields:
        kind = enums.get(field.name)
        column = f"{name(field.name)} {name(kind) if kind else storage(field)}"
        for rule in found:
            if rule.field != field or (kind and rule.name == "enum"):
                continue
            column += " NOT NULL" if rule.name == "required" else f" CHECK ({rule.sql})"
        parts.append(column)
    for key in resource.keys if resource.name in keyed else ():
        if key == resource.primary_key and resource.name not in parents:
            continue
        parts.append(f"{'PRIMARY KEY' if key == resource.primary_key else 'UNIQUE'} ({_list(key)})")
    for foreign in resource.foreign_keys:
        if not {resource.name, foreign.resource} <= keyed:
            continue
        target = f"{name(foreign.resource)} ({_list(foreign.reference_fields)})"
        parts.append(f"FOREIGN KEY ({_list(foreign.fields)}) REFERENCES {target}")
    return f"CREATE TABLE {name(resource.name)} ({', '.join(parts)})"


def comments(resource: Resource) -> dict[str, str]:
    """What the comments of a table and its columns say: by column, the table's own by ''."""
    return {"": resource.description or resource.title} | {field.name: comment(field) for field in resource.fields}


def comment(field: Field) -> str:
    """What a column's comment says: the description, the unit, the closed list, and what a blank means."""
    words = field.words("description") or field.words("title") or field.name
    if unit := field.words("unit"):
        words += f" Unit: {unit}."
    if "enum" in field.constraints:
        words += f" One of {closed_list(field)}."
    if blank := field.words("blank"):
        words += f" Blank: {blank}"
    return words


def _list(fields: tuple[str, ...]) -> str:
    return ", ".join(map(name, fields))
