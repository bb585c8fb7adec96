"""The openai client (PyPI)."""

import asyncio

import openai
from pydantic import BaseModel
from report import (
    BLOCKED_TEXT, FORECAST, FORECAST_PROMPT, IMAGE, INGRESS, KEY, PARAMETERS, WRONG_KEY, case, equal, finish, raises,
)

client = openai.OpenAI(base_url=f"{INGRESS}/v1", api_key=KEY, max_retries=0)
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": PARAMETERS}}]


class Forecast(BaseModel):
    city: str
    degrees: float


def ask(model, content, **more):
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": content}], **more)


def chats(model):
    answer = client.chat.completions.create(
        model=model,
        stop=["END"],
        messages=[
            {"role": "system", "content": "You are terse."},
            {"role": "user", "content": "first"},
            {"role": "assistant", "content": "answer"},
            {"role": "user", "content": "Grüße 👋"},
        ],
    )
    equal((answer.choices[0].message.content, answer.choices[0].finish_reason), ("Grüße 👋", "stop"))
    assert answer.usage.total_tokens > 0


def streams(model):
    chunks = list(ask(model, 'mock:text="one two three"', stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    equal(text, "one two three")
    assert chunks[-1].usage.completion_tokens > 0


def streams_asynchronously(model):
    async def read():
        async with openai.AsyncOpenAI(base_url=f"{INGRESS}/v1", api_key=KEY, max_retries=0) as async_client:
            stream = await async_client.chat.completions.create(
                model=model, stream=True, messages=[{"role": "user", "content": 'mock:text="one two"'}]
            )
            return "".join([c.choices[0].delta.content or "" async for c in stream if c.choices])

    equal(asyncio.run(read()), "one two")


def calls_tools(model):
    content = 'mock:tool=weather args={"city": "Zürich", "days": 1.0} tool=weather args={"city":"Bern"}'
    called = ask(model, content, tools=TOOLS).choices[0]
    equal(called.finish_reason, "tool_calls")
    equal(
        [call.function.arguments for call in called.message.tool_calls],
        ['{"city": "Zürich", "days": 1.0}', '{"city":"Bern"}'],
    )
    with client.chat.completions.stream(
        model=model, messages=[{"role": "user", "content": content}], tools=TOOLS
    ) as stream:
        streamed = stream.get_final_completion().choices[0].message
    equal(
        [call.function.arguments for call in streamed.tool_calls],
        [call.function.arguments for call in called.message.tool_calls],
    )
    results = [{"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in called.message.tool_calls]
    answer = client.chat.completions.create(
        model=model, tools=TOOLS, messages=[{"role": "user", "content": content}, called.message, *results]
    )
    equal(answer.choices[0].message.content, "sunny\nsunny")


def sends_an_image(model):
    parts = [
        {"type": "text", "text": "what is it?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{IMAGE}"}},
    ]
    equal(ask(model, parts).choices[0].message.content, "what is it?")


def gets_structured_output(model):
    messages = [{"role": "user", "content": FORECAST_PROMPT}]
    answer = client.chat.completions.parse(model=model, messages=messages, response_format=Forecast)
    equal(answer.choices[0].message.parsed, Forecast(**FORECAST))


def raises_its_errors(model, shaky):
    typed = {
        400: openai.BadRequestError,
        401: openai.AuthenticationError,
        403: openai.PermissionDeniedError,
        404: openai.NotFoundError,
        409: openai.ConflictError,
        422: openai.UnprocessableEntityError,
        429: openai.RateLimitError,
        500: openai.InternalServerError,
        503: openai.InternalServerError,
    }
    for status, error in typed.items():
        raises(error, lambda: ask(shaky, f"mock:status={status}"))
        raises(error, lambda: list(ask(shaky, f"mock:status={status}", stream=True)))
        ask(shaky, "calm")
    raises(openai.AuthenticationError, lambda: client.with_options(api_key=WRONG_KEY).models.list())
    blocked = raises(openai.PermissionDeniedError, lambda: ask(model, BLOCKED_TEXT))
    equal((blocked.code, blocked.type), ("blocked_by_policy", "policy_violation"))
    impatient = client.with_options(timeout=0.7)
    message = [{"role": "user", "content": "mock:latency=5000"}]
    raises(
        openai.APITimeoutError,
        lambda: impatient.chat.completions.create(model=shaky, messages=message),
    )
    raises(openai.APIError, lambda: list(ask(shaky, 'mock:cut=1 text="one two three"', stream=True)))
    ask(shaky, "calm")


for provider, model, shaky in (
    ("an OpenAI provider", "gpt-4o", "shaky-gpt"),
    ("an Anthropic provider", "claude-opus-4-6", "shaky-claude"),
    ("a Gemini provider", "gemini-3-flash", "shaky-gemini"),
):
    case(f"chats with {provider}", lambda: chats(model))
    case(f"streams from {provider}", lambda: streams(model))
    case(f"streams asynchronously from {provider}", lambda: streams_asynchronously(model))
    case(f"calls tools of {provider}", lambda: calls_tools(model))
    case(f"sends an image to {provider}", lambda: sends_an_image(model))
    case(f"gets structured output from {provider}", lambda: gets_structured_output(model))
    case(f"raises its errors with {provider}", lambda: raises_its_errors(model, shaky))


def embeds():
    answer = client.embeddings.create(model="text-embedding-3-small", input=["a", "b"], dimensions=8)
    equal([len(one.embedding) for one in answer.data], [8, 8])


def speaks_responses():
    equal(client.responses.create(model="gpt-5", input="Hello").output_text, "Hello")
    with client.responses.stream(model="gpt-5", input='mock:text="one two"') as stream:
        pieces = [event.delta for event in stream if event.type == "response.output_text.delta"]
        equal(stream.get_final_response().status, "completed")
    equal(pieces, ["one", " two"])


case("embeds", embeds)
case("speaks the Responses API", speaks_responses)
case("completes", lambda: equal(client.completions.create(model="m", prompt="Once").choices[0].text, "Once"))
case("lists models", lambda: equal("gpt-4o" in [model.id for model in client.models.list()], True))
finish()
