"""A server on the installed `mcp`, of either major, at the port that is given."""

import sys

from pydantic import BaseModel


class Colour(BaseModel):
    colour: str


try:
    from typing import Annotated

    from mcp.server.mcpserver import Elicit, MCPServer, Resolve

    server = MCPServer("python")
    options = {"host": "127.0.0.1", "port": int(sys.argv[1])}

    def which() -> Elicit[Colour]:
        return Elicit("Which colour?", Colour)

    @server.tool()
    def ask(chosen: Annotated[Colour, Resolve(which)]) -> str:
        """Asks the user"""
        return f"accept: {chosen.colour}"

except ImportError:
    from mcp.server.fastmcp import Context, FastMCP

    server = FastMCP("python", host="127.0.0.1", port=int(sys.argv[1]))
    options = {}

    @server.tool()
    async def ask(ctx: Context) -> str:
        """Asks the user"""
        result = await ctx.elicit(message="Which colour?", schema=Colour)
        return f"accept: {result.data.colour}" if result.action == "accept" else result.action


@server.tool()
def echo(message: str) -> str:
    """Says it back"""
    return f"Echo: {message}"


@server.tool()
def fail() -> str:
    """Does not work"""
    raise ValueError("it went wrong")


@server.resource("note://one")
def note() -> str:
    """A note"""
    return "noted"


@server.prompt()
def greeting(name: str) -> str:
    """Greets"""
    return f"Hello {name}"


server.run(transport="streamable-http", **options)
