"""Walks through the servers whose addresses are given with the client of the installed `mcp`, of either major.

One JSON line for each: what it saw. Of the second major the first argument is the mode, such as `legacy` or `2026-07-28`.
"""

from __future__ import annotations

import asyncio
import json
import sys

import mcp


async def answer_1(context, params):
    from mcp.types import ElicitResult

    return ElicitResult(action="accept", content={"colour": "blue"})


async def answer_2(context, params):
    from mcp_types import ElicitResult

    return ElicitResult(action="accept", content={"colour": "blue"})


async def walk(session, seen):
    listed = await session.list_tools()
    names = seen["tools"] = [tool.name for tool in listed.tools]
    said = await session.call_tool("echo", {"message": "hello"})
    seen["echo"] = said.content[0].text
    if "fail" in names:
        failed = await session.call_tool("fail", {})
        seen["failed"] = getattr(failed, "is_error", None) or getattr(failed, "isError", None)
    if "ask" in names:
        seen["asked"] = (await session.call_tool("ask", {})).content[0].text
    resources = (await session.list_resources()).resources
    seen["resource"] = (await session.read_resource(resources[0].uri)).contents[0].text
    seen["prompts"] = len((await session.list_prompts()).prompts)


async def visit(url, mode, seen):
    if hasattr(mcp, "Client"):
        async with mcp.Client(url, mode=mode, elicitation_callback=answer_2) as client:
            seen["revision"] = client.session.protocol_version
            return await walk(client, seen)
    from mcp.client.streamable_http import streamablehttp_client

    async with streamablehttp_client(url) as (read, write, _):
        async with mcp.ClientSession(read, write, elicitation_callback=answer_1) as session:
            seen["revision"] = (await session.initialize()).protocolVersion
            await walk(session, seen)


async def main():
    mode, *urls = sys.argv[1:]
    for url in urls:
        seen = {"url": url}
        try:
            await asyncio.wait_for(visit(url, mode, seen), 30)
        except BaseException as error:
            while getattr(error, "exceptions", None):
                error = error.exceptions[0]
            seen["error"] = f"{type(error).__name__}: {error}"
        print(json.dumps(seen), flush=True)


asyncio.run(main())
