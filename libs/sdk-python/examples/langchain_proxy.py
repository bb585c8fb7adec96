"""LangChain through proxy mode: no SDK, one base URL. pip install langchain-openai"""

import os

from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    model="gpt-4o-mini",
    api_key=os.environ.get("OPENAI_API_KEY", "sk-none"),
    base_url=os.environ.get("AIRS_ENDPOINT", "http://localhost:8080") + "/v1",
    default_headers={"X-Session-ID": "example-langchain", "X-AIRS-Agent": "langchain", "X-AIRS-Tags": "example"},
)
print(model.invoke("Say hello").content)
