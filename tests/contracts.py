"""Contracts of a test's own, with their rows: a small package, and the changes of it that are weighed."""

from __future__ import annotations

import copy

from releases import field, release, table

TREES = table(
    "trees",
    [
        field("tree_id"),
        field("name", constraints={"required": True, "maxLength": 20}),
        field("height", "number", constraints={"minimum": 0, "exclusiveMaximum": 150}, unit="m"),
        field("age", "integer", constraints={"exclusiveMinimum": 0}),
        field("kind", constraints={"enum": ["oak", "ash"], "pattern": "[a-z]+"}),
        field("code", constraints={"minLength": 2}),
        field("tall", "boolean"),
        field("seen", "date"),
        field("label", missingValues=["", "-"]),
    ],
    [
        ["t1", "Old oak", "20.5", "300", "oak", "aa", "true", "2024-05-01", "x"],
        ["t2", "Ash", "12", "40", "ash", "bb", "false", "2024-05-02", None],
        ["t3", "Lone", None, "7", "ash", "cc", None, "2024-05-03", None],
    ],
    "tree_id",
    uniqueKeys=[["name", "seen"], "code"],
    title="Trees",
)
BIRDS = table(
    "birds",
    [field("bird_id"), field("tree_id"), field("tree_code"), field("word")],
    [["b1", "t1", "aa", "jay"], ["b2", None, None, "wren"]],
    "bird_id",
    foreignKeys=[{"fields": "tree_id", "reference": {"resource": "trees", "fields": "tree_id"}}],
)
NOTES = table("notes", [field("note"), field("more")], [["a", None], ["a", None], ["b", "c"]])
VIEW = {"name": "tall", "title": "Tall", "description": "Tall trees", "fields": [{"name": "a", "description": "A"}]}


def base():
    return {"tables": copy.deepcopy([TREES, BIRDS, NOTES]), "views": [copy.deepcopy(VIEW)], "id": "urn:x:1"}


def own(package, name, table=0):
    return next(one for one in package["tables"][table]["schema"]["fields"] if one["name"] == name)


def constrain(name, **constraints):
    """Set constraints of a field of the trees, or take away those that are None."""

    def change(package):
        found = {**own(package, name).get("constraints", {}), **constraints}
        own(package, name)["constraints"] = {word: value for word, value in found.items() if value is not None}

    return change


def describe(name, **words):
    def change(package):
        own(package, name).update(words)

    return change


def rename(old, new, table=0):
    def change(package):
        own(package, old, table)["name"] = new

    return change


def retype(name, kind):
    return lambda package: own(package, name).update(type=kind)


def drop(number, table=0):
    def change(package):
        one = package["tables"][table]
        del one["schema"]["fields"][number]
        one["rows"] = [row[:number] + row[number + 1 :] for row in one["rows"]]

    return change


def move(package):
    one = package["tables"][0]
    for row in [one["schema"]["fields"], *one["rows"]]:
        row.insert(1, row.pop(3))


def add_field(package):
    one = package["tables"][0]
    one["schema"]["fields"].append(field("bark", "year"))
    one["rows"] = [[*row, None] for row in one["rows"]]


def schema(table=0, **words):
    def change(package):
        package["tables"][table]["schema"].update(words)

    return change


def cell(row, number, value, table=0):
    def change(package):
        package["tables"][table]["rows"][row][number] = value

    return change


def also(*changes):
    def change(package):
        for one in changes:
            one(package)

    return change


def put(**words):
    return lambda package: package.update(words)


def view(**words):
    return lambda package: package["views"][0].update(words)


def remove_row(row, table=0):
    return lambda package: package["tables"][table]["rows"].pop(row)


def written(folder, package):
    words = {word: value for word, value in package.items() if word not in ("tables", "version")}
    return release(folder, package["tables"], package.get("version", "1.0.0"), **words)
