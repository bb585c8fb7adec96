"""LlamaIndex through proxy mode: no SDK, one base URL. pip install llama-index-llms-openai"""

import os

from llama_index.llms.openai import OpenAI

model = OpenAI(
    model="gpt-4o-mini",
    api_key=os.environ.get("OPENAI_API_KEY", "sk-none"),
    api_base=os.environ.get("AIRS_ENDPOINT", "http://localhost:8080") + "/v1",
    default_headers={"X-Session-ID": "example-llamaindex", "X-AIRS-Agent": "llamaindex", "X-AIRS-Tags": "example"},
)
print(model.complete("Say hello").text)
