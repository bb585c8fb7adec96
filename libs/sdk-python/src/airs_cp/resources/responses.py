from openai.resources.responses import AsyncResponses, Responses

from .accepting import accepting_context, marking_stream


class AIRSResponses(Responses):
    create = accepting_context(Responses.create)
    parse = accepting_context(Responses.parse)
    stream = marking_stream(accepting_context(Responses.stream))


class AsyncAIRSResponses(AsyncResponses):
    create = accepting_context(AsyncResponses.create)
    parse = accepting_context(AsyncResponses.parse)
    stream = marking_stream(accepting_context(AsyncResponses.stream))
