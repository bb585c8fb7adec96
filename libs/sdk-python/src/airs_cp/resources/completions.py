from openai.resources.completions import AsyncCompletions, Completions

from .accepting import accepting_context, async_accepting_context


class AIRSLegacyCompletions(Completions):
    create = accepting_context(Completions.create)


class AsyncAIRSLegacyCompletions(AsyncCompletions):
    create = async_accepting_context(AsyncCompletions.create)
