import { createTextCollector } from '../../collect-texts.ts'
import { isObject } from '../../json.ts'
import { openaiResponses } from '../openai-responses/format.ts'
import { collectResponsesItems, responsesItemTexts } from '../openai-responses/texts.ts'
import { placeFormat } from '../place-format.ts'

/** Conversations that their provider stores for the Responses API: their items are those of requests and responses. */
export const openaiConversations = placeFormat({
  id: 'openai.conversations',
  api: 'openai',
  routes: [
    'POST /v1/conversations',
    'GET /v1/conversations/{id}',
    'POST /v1/conversations/{id}',
    'DELETE /v1/conversations/{id}',
    'GET /v1/conversations/{id}/items',
    'POST /v1/conversations/{id}/items',
    'GET /v1/conversations/{id}/items/{id}',
    'DELETE /v1/conversations/{id}/items/{id}',
  ],
  request: [],
  response: [],
  overrides: {
    opaqueAt: openaiResponses.opaqueAt,
    requestTexts(body) {
      const collector = createTextCollector()
      if (isObject(body)) collectResponsesItems(collector, body.items, '/items')
      return collector.parts
    },
    responseTexts(body) {
      const collector = createTextCollector()
      if (isObject(body) && body.type !== undefined) collectResponsesItems(collector, [body], '')
      const own = collector.parts.map((part) => ({ ...part, path: part.path.slice('/0'.length) }))
      return [...own, ...responsesItemTexts(body)]
    },
    requestTurns: ({ items }) => openaiResponses.requestTurns({ input: items }),
  },
})
