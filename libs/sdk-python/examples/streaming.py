"""A streamed response within a session, asynchronously."""

import asyncio
import os

from airs_cp import AsyncAIRSClient


async def main() -> None:
    async with AsyncAIRSClient(api_key=os.environ.get("OPENAI_API_KEY", "sk-none"), agent="storyteller") as client:
        with client.session() as session:
            stream = await client.chat.completions.create(
                model="gpt-4o-mini",
                messages=[{"role": "user", "content": "Tell a story in one sentence"}],
                stream=True,
            )
            async for chunk in stream:
                if chunk.choices:
                    print(chunk.choices[0].delta.content or "", end="", flush=True)
            print(f"\nsession {session}, exchange {stream.airs.exchange_id}")


asyncio.run(main())
