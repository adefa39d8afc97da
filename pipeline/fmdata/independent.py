"""frictionless as an independent reader, in a process of its own: `python -m fmdata.independent`.

It waits for the folder of a package on standard input, so that it can be started before there is one, and writes the
framework's report as JSON. It shares nothing with the engine: what it sees is what any reader sees. Nothing here takes
long to import but frictionless, so that its process can load it while that of the build loads the engine.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from fmdata.errors import FmdataError
from fmdata.loading import loading


class IndependentReader:
    """frictionless in a process of its own, started early and asked once the package stands."""

    def __init__(self) -> None:
        # -P: whatever lies in the folder fmdata is called from is not a module.
        command = [sys.executable, "-P", "-m", "fmdata.independent"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8")

    def __enter__(self) -> IndependentReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def read(self, folder: Path) -> None:
        """Let it begin to validate the package at `folder`."""
        if self._process.stdin:
            # A process that is gone already says why in its report.
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(f"{folder}\n")
                self._process.stdin.flush()

    def report(self) -> dict[str, Any]:
        """Wait for its report."""
        output, messages = self._process.communicate()
        try:
            report: dict[str, Any] = json.loads(output)
        except ValueError:
            last = messages.strip().splitlines()[-1:] or ["it said nothing"]
            raise FmdataError(f"frictionless cannot read the package: {last[0]}") from None
        return report


def main() -> None:
    """Validate the package in the folder that the first line of standard input names."""
    with loading():
        from fmdata.validating import validate
    if folder := sys.stdin.readline().rstrip("\n"):
        os.chdir(folder)
        json.dump(validate("datapackage.json"), sys.stdout)


if __name__ == "__main__":
    main()
