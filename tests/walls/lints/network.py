"""The outbound network has one place, so that no transaction ever waits for a stranger."""

from collections.abc import Iterator

from .source import Finding, Source, matches

CLIENTS = ("httpx2", "httpx", "aiohttp", "requests", "urllib3", "urllib.request", "http.client", "niquests")


def outbound(source: Source) -> Iterator[Finding]:
    """Only gateways call out."""
    if not source.place or source.storey == "gateways":
        return
    for _, full, node in source.imports:
        if matches(full, CLIENTS):
            yield source.finding(node, "network", f"{full} outside gateways/")
