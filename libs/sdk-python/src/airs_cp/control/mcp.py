from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from .errors import ControlError
from .events import PAGE_SIZE
from .transport import Transport


class Mcp:
    """Servers of the Model Context Protocol behind the gateway. What is returned is as the API has it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def servers(self) -> list[dict[str, Any]]:
        """`changed` is how many tools of a server wait for approval."""
        found: list[dict[str, Any]] = self._transport.json("GET", "/v1/mcp/servers")["servers"]
        return found

    def tools(self, server: str) -> list[dict[str, Any]]:
        """How each tool is expected to be defined, and how it is: `state` is `pinned`, `changed` or `refused`."""
        found: list[dict[str, Any]] = self._transport.json("GET", _path(server, "tools"))["tools"]
        return found

    def approve(
        self, server: str, tool: str, *, sha256: str | None = None, reason: str | None = None
    ) -> dict[str, Any]:
        """From now on the tool is expected to be defined so. Returns when every ingress expects it.

        `sha256` is the definition that is decided on; without it, the one that was seen last."""
        return self._decide("approvals", server, tool, sha256, reason)

    def refuse(
        self, server: str, tool: str, *, sha256: str | None = None, reason: str | None = None
    ) -> dict[str, Any]:
        """Defined so, the tool is neither listed nor called, in mode `enforce`."""
        return self._decide("refusals", server, tool, sha256, reason)

    def calls(self, server: str, *, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Calls of a server, newest first; at most `limit`, or all there are."""
        query: dict[str, Any] = {"provider": f"mcp:{server}"}
        left = limit
        while left is None or left > 0:
            query["limit"] = PAGE_SIZE if left is None else min(left, PAGE_SIZE)
            page = self._transport.json("GET", "/v1/exchanges", query=query)
            yield from page["exchanges"]
            query["after"] = page["next"]
            if page["next"] is None:
                return
            left = None if left is None else left - len(page["exchanges"])

    def _decide(
        self, what: str, server: str, tool: str, sha256: str | None, reason: str | None
    ) -> dict[str, Any]:
        if sha256 is None:
            sha256 = next((one["found"] for one in self.tools(server) if one["tool"] == tool), None)
        if sha256 is None:
            raise ControlError(f"No tool {tool} of MCP server {server} is known", code="not_found", status=404)
        body = {"tool": tool, "sha256": sha256} | ({} if reason is None else {"reason": reason})
        decided: dict[str, Any] = self._transport.json("POST", _path(server, what), body=body)
        return decided


def _path(server: str, what: str) -> str:
    return f"/v1/mcp/servers/{quote(server, safe='')}/{what}"
