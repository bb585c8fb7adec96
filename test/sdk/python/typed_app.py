"""Checked, and not run: what the types promise an app."""

from typing_extensions import assert_type

from airs_cp import AIRSClient, AsyncAIRSClient, AsyncExchange, Exchange, Finding, PolicyViolation
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import BaseModel


class Place(BaseModel):
    city: str


client = AIRSClient(provider="openai", api_key="sk-...", airs_endpoint="http://localhost:8080")

answer = client.chat.completions.create(
    model="gpt-4",
    messages=[{"role": "user", "content": "Hello"}],
    temperature=0.5,
    session_id="user-123",
    tags=["support", "billing"],
)
plain: ChatCompletion = answer
assert_type(answer.airs, Exchange)
assert_type(answer.airs.findings(), list[Finding])
assert_type(answer.choices[0].message.content, str | None)

stream = client.chat.completions.create(
    model="gpt-4", messages=[{"role": "user", "content": "Hello"}], stream=True, agent="teller"
)
assert_type(stream.airs, Exchange)
for chunk in stream:
    assert_type(chunk, ChatCompletionChunk)

with client.chat.completions.stream(model="gpt-4", messages=[], sources=["kb://1"]) as events:
    assert_type(events.airs, Exchange)

parsed = client.chat.completions.parse(model="gpt-4", messages=[], response_format=Place, tags=["a"])
assert_type(parsed.airs, Exchange)
assert_type(parsed.choices[0].message.parsed, Place | None)

raw = client.chat.completions.with_raw_response.create(model="gpt-4", messages=[], tags=["a"])
assert_type(raw.airs, Exchange)
assert_type(raw.parse().airs, Exchange)

assert_type(client.embeddings.create(model="e", input="x", sources=["s"]).airs, Exchange)
assert_type(client.completions.create(model="c", prompt="x", session_id="s").airs, Exchange)
assert_type(client.responses.create(model="r", input="x", session_id="s").airs, Exchange)
assert_type(client.with_options(timeout=1), AIRSClient)

with client.session("user-123", tags=["a"]) as session:
    assert_type(session, str)

try:
    client.chat.completions.create(model="gpt-4", messages=[])
except PolicyViolation as error:
    assert_type(error.policy, str | None)
    assert_type(error.reason, str)
    assert_type(error.exchange_id, str | None)

export = client.airs.exports.create("events", from_="2024-01-01").wait(progress=lambda one: print(one.percent))
assert_type(client.airs.verify("events.jsonl").rows, int)


async def main() -> None:
    asynchronous = AsyncAIRSClient(api_key="sk-...")
    said = await asynchronous.chat.completions.create(model="gpt-4", messages=[], session_id="s")
    assert_type(said.airs, AsyncExchange)
    assert_type(await said.airs.findings(), list[Finding])
    streamed = await asynchronous.chat.completions.create(model="gpt-4", messages=[], stream=True)
    assert_type(streamed.airs, AsyncExchange)


# What is not to be.
client.chat.completions.create(model="gpt-4", messages=[], tags="a,b", nonsense=1)  # type: ignore[call-overload]
client.embeddings.create(model="e", input="x", tags=[1])  # type: ignore[list-item]
AIRSClient(on_gateway_error="ignore")  # type: ignore[arg-type]
