from airs_cp import AIRSClient
client = AIRSClient(provider="openai", api_key="sk-leaving")

from openai import APIError  # noqa: E402

question = {"role": "user", "content": "Hello"}
answer = client.chat.completions.create(model="gpt-4", messages=[question])
print(answer.choices[0].message.content)

call = {"role": "user", "content": 'mock:tool=weather args={"city":"Bern"}'}
tools = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]
called = client.chat.completions.create(model="gpt-4", messages=[call], tools=tools)
print(called.choices[0].message.tool_calls[0].function.arguments)

said = {"role": "user", "content": 'mock:text="one two three"'}
stream = client.chat.completions.create(model="gpt-4", messages=[said], stream=True)
print("".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices))

print(len(client.embeddings.create(model="text-embedding-3-small", input="x").data))

try:
    client.with_options(max_retries=0).chat.completions.create(
        model="gpt-4", messages=[{"role": "user", "content": "mock:status=404"}]
    )
except APIError as error:
    print(type(error).__name__, error.status_code)
