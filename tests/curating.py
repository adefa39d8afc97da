"""How tests enter rows as curators do, and what they look at afterwards."""

from __future__ import annotations

import json

IDS = {"fields": [{"name": "id", "type": "integer", "constraints": {"required": True}}]}


def contents(root):
    """Every file of a project but the lock and the record of builds, which are nobody's data."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name not in (".lock", ".built.json")
    }


def lines(root, file):
    return (root / file).read_text(encoding="utf-8").splitlines()


def told(run, *arguments, **options):
    """What a command says as JSON; it must have ended well."""
    result = run(*arguments, "--format", "json", **options)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(run, root, *arguments, code=1, **options):
    """What a command says on standard error; it must have written nothing and left nothing behind."""
    before = contents(root)
    result = run(*arguments, "--root", root, **options)
    assert result.exit_code == code, result.output
    assert contents(root) == before
    assert not [path for path in (root / "dist").glob(".*") if path.name not in (".lock", ".built.json")]
    return result.stderr


def counts(found):
    return {table["table"]: [table[kind] for kind in ("added", "removed", "changed")] for table in found["tables"]}
