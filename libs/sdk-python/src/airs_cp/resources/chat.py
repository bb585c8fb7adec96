from __future__ import annotations

import functools

from openai.resources.chat import AsyncChat, Chat

from .chat_completions import AIRSCompletions, AsyncAIRSCompletions


class AIRSChat(Chat):
    @functools.cached_property
    def completions(self) -> AIRSCompletions:
        return AIRSCompletions(self._client)


class AsyncAIRSChat(AsyncChat):
    @functools.cached_property
    def completions(self) -> AsyncAIRSCompletions:
        return AsyncAIRSCompletions(self._client)
