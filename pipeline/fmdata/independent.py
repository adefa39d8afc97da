"""frictionless as an independent reader, in a process of its own: `python -m fmdata.independent`.

Waits for the folder of a package on standard input, so that it can be started before there is one, and writes the
framework's report as JSON. It shares nothing with the engine: what it sees is what any reader sees.
"""

from __future__ import annotations

import json
import os
import sys

import frictionless


def main() -> None:
    """Validate the package in the folder that the first line of standard input names."""
    if folder := sys.stdin.readline().rstrip("\n"):
        os.chdir(folder)
        json.dump(frictionless.validate("datapackage.json").to_descriptor(), sys.stdout)


if __name__ == "__main__":
    main()
