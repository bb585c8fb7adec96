"""The anthropic client (PyPI)."""

import asyncio

import anthropic
from anthropic._exceptions import OverloadedError, ServiceUnavailableError
from report import BLOCKED_TEXT, IMAGE, INGRESS, KEY, PARAMETERS, WRONG_KEY, case, equal, finish, raises

client = anthropic.Anthropic(base_url=INGRESS, api_key=KEY, max_retries=0)
TOOLS = [{"name": "weather", "input_schema": PARAMETERS}]


def ask(model, content, asker=client, **more):
    return asker.messages.create(
        model=model, max_tokens=99, messages=[{"role": "user", "content": content}], **more
    )


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


def chats(model):
    answer = client.messages.create(
        model=model,
        max_tokens=99,
        system="You are terse.",
        stop_sequences=["END"],
        messages=[
            {"role": "user", "content": "first"},
            {"role": "assistant", "content": "answer"},
            {"role": "user", "content": "Grüße 👋"},
        ],
    )
    equal((text_of(answer), answer.stop_reason), ("Grüße 👋", "end_turn"))
    assert answer.usage.output_tokens > 0


def streams(model):
    messages = [{"role": "user", "content": 'mock:text="one two three"'}]
    with client.messages.stream(model=model, max_tokens=99, messages=messages) as stream:
        equal(list(stream.text_stream), ["one", " two", " three"])
        equal(stream.get_final_message().stop_reason, "end_turn")


def streams_asynchronously(model):
    async def read():
        async with anthropic.AsyncAnthropic(base_url=INGRESS, api_key=KEY, max_retries=0) as async_client:
            messages = [{"role": "user", "content": 'mock:text="one two"'}]
            async with async_client.messages.stream(model=model, max_tokens=99, messages=messages) as stream:
                return [text async for text in stream.text_stream]

    equal(asyncio.run(read()), ["one", " two"])


def calls_tools(model):
    content = 'mock:tool=weather args={"city": "Zürich", "days": 1.5} tool=weather args={"city":"Bern"}'
    called = ask(model, content, tools=TOOLS)
    equal(called.stop_reason, "tool_use")
    calls = [block for block in called.content if block.type == "tool_use"]
    equal([call.input for call in calls], [{"city": "Zürich", "days": 1.5}, {"city": "Bern"}])
    question = {"role": "user", "content": content}
    with client.messages.stream(model=model, max_tokens=99, messages=[question], tools=TOOLS) as stream:
        streamed = stream.get_final_message()
    equal([block.input for block in streamed.content if block.type == "tool_use"], [call.input for call in calls])
    results = [{"type": "tool_result", "tool_use_id": call.id, "content": "sunny"} for call in calls]
    answer = client.messages.create(
        model=model,
        max_tokens=99,
        tools=TOOLS,
        messages=[question, {"role": "assistant", "content": called.content}, {"role": "user", "content": results}],
    )
    equal(text_of(answer).split(), ["sunny", "sunny"])


def sends_an_image(model):
    source = {"type": "base64", "media_type": "image/png", "data": IMAGE}
    parts = [{"type": "text", "text": "what is it?"}, {"type": "image", "source": source}]
    equal(text_of(ask(model, parts)), "what is it?")


def raises_its_errors(model, shaky, overloaded):
    typed = {
        400: anthropic.BadRequestError,
        401: anthropic.AuthenticationError,
        403: anthropic.PermissionDeniedError,
        404: anthropic.NotFoundError,
        409: anthropic.ConflictError,
        422: anthropic.UnprocessableEntityError,
        429: anthropic.RateLimitError,
        500: anthropic.InternalServerError,
        503: overloaded,
    }
    for status, error in typed.items():
        raises(error, lambda: ask(shaky, f"mock:status={status}"))
        raises(error, lambda: list(ask(shaky, f"mock:status={status}", stream=True)))
        ask(shaky, "calm")
    raises(anthropic.AuthenticationError, lambda: ask(model, "x", client.with_options(api_key=WRONG_KEY)))
    blocked = raises(anthropic.PermissionDeniedError, lambda: ask(model, BLOCKED_TEXT))
    equal(blocked.body["error"]["type"], "permission_error")
    equal(blocked.body["error"]["code"], "blocked_by_policy")
    raises(
        anthropic.APITimeoutError,
        lambda: ask(shaky, "mock:latency=5000", client.with_options(timeout=0.7)),
    )
    try:
        list(ask(shaky, 'mock:cut=1 text="one two three"', stream=True))
        raise AssertionError("a cut stream raised nothing")
    except anthropic.APIError:
        pass
    ask(shaky, "calm")


for provider, model, shaky, overloaded in (
    ("an Anthropic provider", "claude-opus-4-6", "shaky-claude", ServiceUnavailableError),
    ("an OpenAI provider", "gpt-4o", "shaky-gpt", OverloadedError),
):
    case(f"chats with {provider}", lambda: chats(model))
    case(f"streams from {provider}", lambda: streams(model))
    case(f"streams asynchronously from {provider}", lambda: streams_asynchronously(model))
    case(f"calls tools of {provider}", lambda: calls_tools(model))
    case(f"sends an image to {provider}", lambda: sends_an_image(model))
    case(f"raises its errors with {provider}", lambda: raises_its_errors(model, shaky, overloaded))


def counts_tokens():
    counted = client.messages.count_tokens(
        model="claude-opus-4-6", messages=[{"role": "user", "content": "12345678"}]
    )
    equal(counted.input_tokens, 2)


case("counts tokens", counts_tokens)
finish()
