"""Retrieval with declared sources: lineage later shows which documents a response is based on."""

import math
import os

from airs_cp import AIRSClient

DOCUMENTS = {
    "kb://handbook/1": "Refunds are paid within 14 days.",
    "kb://handbook/2": "The office is closed on Sundays.",
    "kb://handbook/3": "Parcels are sent by train.",
}
client = AIRSClient(api_key=os.environ.get("OPENAI_API_KEY", "sk-none"), agent="helpdesk")


def embed(texts: list[str]) -> list[list[float]]:
    response = client.embeddings.create(model="text-embedding-3-small", input=texts)
    return [one.embedding for one in response.data]


def closeness(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b)) / (math.hypot(*a) * math.hypot(*b) or 1)


with client.session() as session:
    question = "When do I get my money back?"
    (wanted,), known = embed([question]), embed(list(DOCUMENTS.values()))
    ranked = sorted(zip(DOCUMENTS, known), key=lambda one: closeness(wanted, one[1]), reverse=True)
    sources = [source for source, _ in ranked[:2]]
    context = "\n".join(DOCUMENTS[source] for source in sources)
    response = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[
            {"role": "system", "content": f"Answer from this only:\n{context}"},
            {"role": "user", "content": question},
        ],
        sources=sources,
    )
    print(response.choices[0].message.content)
    print("rests on", ", ".join(sources), "in session", session)
