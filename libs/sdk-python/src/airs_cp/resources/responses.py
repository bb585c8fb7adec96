from openai.resources.responses import AsyncResponses, Responses

from .accepting import accepting_context, async_accepting_context, stream_accepting_context


class AIRSResponses(Responses):
    create = accepting_context(Responses.create)
    parse = accepting_context(Responses.parse)
    stream = stream_accepting_context(Responses.stream)


class AsyncAIRSResponses(AsyncResponses):
    create = async_accepting_context(AsyncResponses.create)
    parse = async_accepting_context(AsyncResponses.parse)
    stream = stream_accepting_context(AsyncResponses.stream)
