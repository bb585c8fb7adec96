"""An agent that calls a tool, every step in one session under its name."""

import json
import os

from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam

from airs_cp import AIRSClient

client = AIRSClient(api_key=os.environ.get("OPENAI_API_KEY", "sk-none"), agent="weather-agent")
TOOLS: list[ChatCompletionToolParam] = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "The weather of a city",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]


def weather(city: str) -> str:
    return f"It is sunny in {city}"


# The built-in mock calls the tool that this names; a model would find out by itself.
question = 'Is it sunny in Bern? mock:tool=weather args={"city":"Bern"}'
messages: list[ChatCompletionMessageParam] = [{"role": "user", "content": question}]
with client.session() as session:
    for _ in range(5):
        message = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=TOOLS).choices[0].message
        if not message.tool_calls:
            print(message.content, f"(session {session})")
            break
        messages.append(message.to_dict())  # type: ignore[arg-type]
        for call in message.tool_calls:
            if call.type == "function":
                result = weather(**json.loads(call.function.arguments))
                messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
