"""Carries out cases of test/sdk/cases, one JSON line in, one out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import warnings

import openai
from pydantic import BaseModel

import airs_cp
from airs_cp import AIRSClient, AsyncAIRSClient, DirectCallWarning, PolicyViolation, VerificationFailed, airs_of

GATEWAY = os.environ["AIRS_TEST_GATEWAY"]
PROVIDER = os.environ["AIRS_TEST_PROVIDER"]
NOWHERE = os.environ["AIRS_TEST_NOWHERE"]


class Place(BaseModel):
    city: str


def options_of(case: dict) -> dict:
    options = dict(case.get("client", {}))
    endpoint = options.pop("endpoint", "gateway")
    options["airs_endpoint"] = GATEWAY if endpoint == "gateway" else NOWHERE
    options.setdefault("api_key", "sk-app")
    if "provider_base_url" in options:
        options["provider_base_url"] = options["provider_base_url"].format(provider=PROVIDER)
    return options


def arguments_of(case: dict) -> dict:
    call = case["call"]
    arguments = {**call.get("params", {}), **call.get("options", {})}
    if call["operation"] == "chat.parse":
        arguments["response_format"] = Place
    return arguments


def resource_of(client, call: dict):
    name, method = call["operation"].split(".")
    resource = {
        "chat": lambda: client.chat.completions,
        "completions": lambda: client.completions,
        "embeddings": lambda: client.embeddings,
        "responses": lambda: client.responses,
        "models": lambda: client.models,
    }[name]()
    return getattr(resource.with_raw_response if call.get("raw") else resource, method)


def enter_contexts(stack: contextlib.ExitStack, client, case: dict) -> None:
    for context in case.get("contexts", []):
        stack.enter_context(client.session(**context) if "session_id" in context else client.context(**context))


def describe(answer) -> dict:
    if hasattr(answer, "choices"):
        choice = answer.choices[0]
        message = getattr(choice, "message", None)
        text = message.content if message else choice.text
        said = {"text": text}
        if message and message.tool_calls:
            said["tools"] = [
                {"name": one.function.name, "arguments": one.function.arguments} for one in message.tool_calls
            ]
        if getattr(message, "parsed", None) is not None:
            said["parsed"] = message.parsed.model_dump()
        return said
    if hasattr(answer, "output_text"):
        return {"text": answer.output_text}
    if hasattr(answer, "data"):
        first = answer.data[0]
        return {"count": len(answer.data)} if hasattr(first, "embedding") else {"listed": len(answer.data) > 0}
    raise TypeError(type(answer).__name__)


def text_of_event(event) -> str:
    """Of a chunk of chat or of completions, and of an event of a helper."""
    if hasattr(event, "choices"):
        choice = event.choices[0] if event.choices else None
        delta = getattr(choice, "delta", None)
        return (delta.content if delta else getattr(choice, "text", "")) or ""
    return event.delta if event.type in ("content.delta", "response.output_text.delta") else ""


def describe_exchange(exchange) -> dict:
    return {
        "exchange_id": exchange.exchange_id,
        "session_id": exchange.session_id,
        "decision": exchange.decision,
        "is_direct": exchange.is_direct,
    }


def call(client, case: dict) -> tuple[dict, object]:
    one = case["call"]
    method = resource_of(client, one)
    made = method(**arguments_of(case))
    if one["operation"].endswith(".stream"):
        with made as stream:
            return {"text": "".join(text_of_event(event) for event in stream)}, stream.airs
    if one.get("params", {}).get("stream"):
        return {"text": "".join(text_of_event(chunk) for chunk in made)}, made.airs
    if one.get("raw"):
        return {**describe(made.parse()), "header": made.headers["x-session-id"]}, made.airs
    return describe(made), made.airs


async def call_async(client, case: dict) -> tuple[dict, object]:
    one = case["call"]
    made = resource_of(client, one)(**arguments_of(case))
    if one["operation"].endswith(".stream"):
        async with made as stream:
            return {"text": "".join([text_of_event(event) async for event in stream])}, stream.airs
    made = await made
    if one.get("params", {}).get("stream"):
        return {"text": "".join([text_of_event(chunk) async for chunk in made])}, made.airs
    if one.get("raw"):
        return {**describe(made.parse()), "header": made.headers["x-session-id"]}, made.airs
    return describe(made), made.airs


def describe_error(error: Exception) -> dict:
    kind = "argument" if isinstance(error, (ValueError, TypeError)) else type(error).__name__
    said = {
        "kind": kind,
        "is": [one.__name__ for one in type(error).__mro__],
        "message": str(error),
        "status": getattr(error, "status_code", None),
        "code": getattr(error, "code", None),
        "stack": repr(error.__cause__),
    }
    if isinstance(error, VerificationFailed):
        said["problems"] = error.problems
    if isinstance(error, PolicyViolation):
        said |= {"policy": error.policy, "reason": error.reason}
    if isinstance(error, openai.APIStatusError):
        said["exchange_id"] = airs_of(error).exchange_id
    return said


def findings_wanted(case: dict) -> bool:
    return "findings" in case["expect"]


def plain(findings) -> list[dict]:
    return [vars(finding) for finding in findings]


def describe_verified(verified) -> dict:
    return {
        "export_id": verified.manifest.export_id,
        "kind": verified.manifest.kind,
        "sha256": verified.sha256,
        "rows": verified.rows,
        "bytes": verified.bytes,
        "checked": verified.checked,
        "gaps": [{"journal": gap.journal, "from": gap.from_, "to": gap.to} for gap in verified.gaps],
    }


def verify_sync(file: str) -> dict:
    try:
        return {"verified": describe_verified(AIRSClient(api_key="sk-app").airs.verify(file))}
    except Exception as error:
        return {"error": describe_error(error)}


async def verify_async(file: str) -> dict:
    try:
        return {"verified": describe_verified(await AsyncAIRSClient(api_key="sk-app").airs.verify(file))}
    except Exception as error:
        return {"error": describe_error(error)}


def run_sync(case: dict) -> dict:
    if "verify" in case:
        return verify_sync(case["verify"])
    client, said = None, {}
    try:
        client = AIRSClient(**options_of(case))
        caller = client.with_options(**case["derive"]) if "derive" in case else client
        with contextlib.ExitStack() as stack:
            enter_contexts(stack, client, case)
            for _ in range(case["call"].get("times", 1)):
                said["answer"], exchange = call(caller, case)
        said["airs"] = describe_exchange(exchange)
    except Exception as error:
        said["error"] = describe_error(error)
        exchange = airs_of(error) if isinstance(error, openai.APIStatusError) else None
    if findings_wanted(case):
        said["findings"] = plain(exchange.findings())
    if client:
        said["direct_calls"] = client.airs.direct_calls
    return said


async def run_async(case: dict) -> dict:
    if "verify" in case:
        return await verify_async(case["verify"])
    client, said = None, {}
    try:
        client = AsyncAIRSClient(**options_of(case))
        caller = client.with_options(**case["derive"]) if "derive" in case else client
        with contextlib.ExitStack() as stack:
            enter_contexts(stack, client, case)
            for _ in range(case["call"].get("times", 1)):
                said["answer"], exchange = await call_async(caller, case)
        said["airs"] = describe_exchange(exchange)
    except Exception as error:
        said["error"] = describe_error(error)
        exchange = airs_of(error) if isinstance(error, openai.APIStatusError) else None
    if findings_wanted(case):
        said["findings"] = plain(await exchange.findings())
    if client:
        said["direct_calls"] = client.airs.direct_calls
        await client.close()
    return said


print(json.dumps({"package": airs_cp.__file__, "version": airs_cp.__version__, "zstd": sys.version_info >= (3, 14)}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        case = request["case"]
        said = run_sync(case) if request["mode"] == "sync" else asyncio.run(run_async(case))
    said["warnings"] = len([one for one in warned if one.category is DirectCallWarning])
    print(json.dumps(said), flush=True)
