"""The google-genai client (PyPI)."""

import asyncio
import base64

from google import genai
from google.genai import errors, types
from report import (
    BLOCKED_TEXT, FORECAST, FORECAST_PROMPT, IMAGE, INGRESS, KEY, WRONG_KEY, case, equal, finish, raises,
)
from pydantic import BaseModel


def client_with(key):
    return genai.Client(
        api_key=key,
        http_options=types.HttpOptions(base_url=INGRESS, retry_options=types.HttpRetryOptions(attempts=1)),
    )


client = client_with(KEY)
TOOLS = [
    types.Tool(
        function_declarations=[
            types.FunctionDeclaration(
                name="weather",
                description="Tells the weather",
                parameters=types.Schema(
                    type="OBJECT", properties={"city": types.Schema(type="STRING")}, required=["city"]
                ),
            )
        ]
    )
]


class Forecast(BaseModel):
    city: str
    degrees: float


def ask(model, contents, **config):
    return client.models.generate_content(
        model=model, contents=contents, config=types.GenerateContentConfig(**config) if config else None
    )


def chats(model):
    answer = ask(model, "Grüße 👋", system_instruction="You are terse.", max_output_tokens=77, top_k=40)
    equal((answer.text, answer.candidates[0].finish_reason), ("Grüße 👋", types.FinishReason.STOP))
    assert answer.usage_metadata.total_token_count > 0


def streams(model):
    chunks = list(client.models.generate_content_stream(model=model, contents='mock:text="one two three"'))
    equal("".join(chunk.text or "" for chunk in chunks), "one two three")
    assert chunks[-1].usage_metadata.candidates_token_count > 0


def streams_asynchronously(model):
    async def read():
        stream = await client.aio.models.generate_content_stream(model=model, contents='mock:text="one two"')
        return "".join([chunk.text or "" async for chunk in stream])

    equal(asyncio.run(read()), "one two")


def calls_tools(model):
    asked = types.Content(role="user", parts=[types.Part(text='mock:tool=weather args={"city": "Zürich"}')])
    called = ask(model, [asked], tools=TOOLS)
    [call] = called.function_calls
    equal((call.name, call.args), ("weather", {"city": "Zürich"}))
    said = called.candidates[0].content
    said.parts[0].thought_signature = said.parts[0].thought_signature or b"skip_thought_signature_validator"
    result = types.Part(
        function_response=types.FunctionResponse(id=call.id, name=call.name, response={"output": "sunny"})
    )
    answer = ask(model, [asked, said, types.Content(role="user", parts=[result])], tools=TOOLS)
    equal(answer.text, "sunny")


def calls_functions_by_itself(model):
    def weather(city: str) -> str:
        """Tells the weather."""
        return f"{city}: sunny"

    if model.startswith("gemini"):
        return  # The fake gives no signatures, and the client adds none.
    answer = ask(model, 'mock:tool=weather args={"city": "Bern"}', tools=[weather])
    equal(answer.text, "Bern: sunny")


def sends_an_image(model):
    image = types.Part.from_bytes(data=base64.b64decode(IMAGE), mime_type="image/png")
    equal(ask(model, ["what is it?", image]).text, "what is it?")


def gets_structured_output(model):
    answer = ask(model, FORECAST_PROMPT, response_mime_type="application/json", response_schema=Forecast)
    equal(answer.parsed, Forecast(**FORECAST))


def raises_its_errors(model, shaky):
    for status, error in {
        400: errors.ClientError,
        403: errors.ClientError,
        404: errors.ClientError,
        429: errors.ClientError,
        500: errors.ServerError,
    }.items():
        equal(raises(error, lambda: ask(shaky, f"mock:status={status}")).code, status)
        ask(shaky, "calm")
    wrong = client_with(WRONG_KEY)
    refused = raises(errors.ClientError, lambda: wrong.models.generate_content(model=model, contents="x"))
    equal(refused.code, 401)
    equal(raises(errors.ClientError, lambda: ask(model, BLOCKED_TEXT)).code, 403)


for provider, model, shaky in (
    ("a Gemini provider", "gemini-3-flash", "shaky-gemini"),
    ("an OpenAI provider", "gpt-4o", "shaky-gpt"),
    ("an Anthropic provider", "claude-opus-4-6", "shaky-claude"),
):
    case(f"chats with {provider}", lambda: chats(model))
    case(f"streams from {provider}", lambda: streams(model))
    case(f"streams asynchronously from {provider}", lambda: streams_asynchronously(model))
    case(f"calls tools of {provider}", lambda: calls_tools(model))
    case(f"calls functions of {provider} by itself", lambda: calls_functions_by_itself(model))
    case(f"sends an image to {provider}", lambda: sends_an_image(model))
    case(f"gets structured output from {provider}", lambda: gets_structured_output(model))
    case(f"raises its errors with {provider}", lambda: raises_its_errors(model, shaky))

finish()
