from openai.resources.chat.completions import AsyncCompletions, Completions

from .accepting import accepting_context, async_accepting_context, stream_accepting_context


class AIRSCompletions(Completions):
    create = accepting_context(Completions.create)
    parse = accepting_context(Completions.parse)
    stream = stream_accepting_context(Completions.stream)


class AsyncAIRSCompletions(AsyncCompletions):
    create = async_accepting_context(AsyncCompletions.create)
    parse = async_accepting_context(AsyncCompletions.parse)
    stream = stream_accepting_context(AsyncCompletions.stream)
