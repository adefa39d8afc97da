"""What rocrate-validator reads from the network, from the npm package ro-crate instead: python offline.py CACHE.

It fills the validator's own cache, CACHE.sqlite, with the context of RO-Crate 1.2.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import requests
import requests_cache
import urllib3

CONTEXT = Path(__file__).parent / "node_modules" / "ro-crate" / "lib" / "context.json"
URL = "https://w3id.org/ro/crate/1.2/context"


class FromFile(requests.adapters.HTTPAdapter):
    """Answers every request with the context."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        headers = {"Content-Type": "application/ld+json"}
        body = io.BytesIO(CONTEXT.read_bytes())
        return self.build_response(request, urllib3.HTTPResponse(body, headers, 200, preload_content=False))


if __name__ == "__main__":
    session = requests_cache.CachedSession(sys.argv[1], backend="sqlite", expire_after=-1)
    session.mount("https://", FromFile())
    session.get(URL).raise_for_status()
