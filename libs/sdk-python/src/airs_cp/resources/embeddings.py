from openai.resources.embeddings import AsyncEmbeddings, Embeddings

from .accepting import accepting_context, async_accepting_context


class AIRSEmbeddings(Embeddings):
    create = accepting_context(Embeddings.create)


class AsyncAIRSEmbeddings(AsyncEmbeddings):
    create = async_accepting_context(AsyncEmbeddings.create)
