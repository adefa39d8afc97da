"""frictionless as an independent reader, in a process of its own: `python -m fmdata.independent`.

Waits for the path of a descriptor on standard input, so that it can be started before there is one, and writes the
framework's report as JSON. It shares nothing with the engine: what it sees is what any reader sees.
"""

from __future__ import annotations

import json
import sys

import frictionless


def main() -> None:
    """Validate the package whose descriptor the first line of standard input names."""
    path = sys.stdin.readline().rstrip("\n")
    if path:
        json.dump(frictionless.validate(path).to_descriptor(), sys.stdout)


if __name__ == "__main__":
    main()
