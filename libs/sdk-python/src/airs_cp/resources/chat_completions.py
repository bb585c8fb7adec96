from openai.resources.chat.completions import AsyncCompletions, Completions

from .accepting import accepting_context, marking_stream


class AIRSCompletions(Completions):
    create = accepting_context(Completions.create)
    parse = accepting_context(Completions.parse)
    stream = marking_stream(accepting_context(Completions.stream))


class AsyncAIRSCompletions(AsyncCompletions):
    create = accepting_context(AsyncCompletions.create)
    parse = accepting_context(AsyncCompletions.parse)
    stream = marking_stream(accepting_context(AsyncCompletions.stream))
