"""LangChain's OpenAI and Anthropic clients (PyPI)."""

import anthropic
import openai
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from report import (
    BLOCKED_TEXT, FORECAST, FORECAST_PROMPT, FORECAST_SCHEMA, IMAGE, INGRESS, KEY, case, equal, finish,
)


def of_openai(model):
    return ChatOpenAI(model=model, api_key=KEY, base_url=f"{INGRESS}/v1", max_retries=0)


def of_anthropic(model):
    return ChatAnthropic(model=model, api_key=KEY, base_url=INGRESS, max_retries=0, max_tokens=99)


def text_of(message):
    content = message.content
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)


@tool
def weather(city: str) -> str:
    """Tells the weather"""
    return f"{city}: sunny"


def chats(model):
    turns = [SystemMessage("You are terse."), HumanMessage("first"), AIMessage("answer"), HumanMessage("Grüße 👋")]
    answer = model.invoke(turns)
    equal(text_of(answer), "Grüße 👋")
    assert answer.usage_metadata["output_tokens"] > 0


def streams(model):
    equal("".join(text_of(chunk) for chunk in model.stream('mock:text="one two three"')), "one two three")


def calls_tools(model):
    bound = model.bind_tools([weather])
    question = HumanMessage('mock:tool=weather args={"city":"Bern"} tool=weather args={"city":"Genf"}')
    called = bound.invoke([question])
    equal([call["args"]["city"] for call in called.tool_calls], ["Bern", "Genf"])
    results = [ToolMessage(weather.invoke(call["args"]), tool_call_id=call["id"]) for call in called.tool_calls]
    equal(text_of(bound.invoke([question, called, *results])).split("\n"), ["Bern: sunny", "Genf: sunny"])


def sends_an_image(model):
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{IMAGE}"}}
    equal(text_of(model.invoke([HumanMessage([{"type": "text", "text": "what is it?"}, image])])), "what is it?")


def is_instance(error, work):
    """LangChain raises subclasses of its own."""
    try:
        work()
    except error:
        return
    raise AssertionError(f"nothing was raised instead of {error.__name__}")


def raises_its_errors(model, shaky, errors):
    for status, error in {
        400: errors.BadRequestError,
        404: errors.NotFoundError,
        429: errors.RateLimitError,
        500: errors.InternalServerError,
    }.items():
        is_instance(error, lambda: shaky.invoke(f"mock:status={status}"))
    shaky.invoke("calm")
    is_instance(errors.PermissionDeniedError, lambda: model.invoke(BLOCKED_TEXT))


for name, of, model, shaky, errors in (
    ("ChatOpenAI and an OpenAI provider", of_openai, "gpt-4o", "shaky-gpt", openai),
    ("ChatOpenAI and an Anthropic provider", of_openai, "claude-opus-4-6", "shaky-claude", openai),
    ("ChatAnthropic and an Anthropic provider", of_anthropic, "claude-opus-4-6", "shaky-claude", anthropic),
    ("ChatAnthropic and an OpenAI provider", of_anthropic, "gpt-4o", "shaky-gpt", anthropic),
):
    case(f"chats: {name}", lambda: chats(of(model)))
    case(f"streams: {name}", lambda: streams(of(model)))
    case(f"calls tools: {name}", lambda: calls_tools(of(model)))
    case(f"sends an image: {name}", lambda: sends_an_image(of(model)))
    case(f"raises its errors: {name}", lambda: raises_its_errors(of(model), of(shaky), errors))


def gets_structured_output():
    for model in ("gpt-4o", "claude-opus-4-6"):
        structured = of_openai(model).with_structured_output(FORECAST_SCHEMA, method="json_schema")
        equal(structured.invoke(FORECAST_PROMPT), FORECAST)


def embeds():
    embeddings = OpenAIEmbeddings(
        model="text-embedding-3-small",
        api_key=KEY,
        base_url=f"{INGRESS}/v1",
        max_retries=0,
        check_embedding_ctx_length=False,
    )
    equal([len(vector) for vector in embeddings.embed_documents(["a", "b"])], [1536, 1536])


case("gets structured output", gets_structured_output)
case("embeds", embeds)
finish()
