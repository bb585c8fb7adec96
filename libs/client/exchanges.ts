import type { Call, QueryOf, ResponseOf } from './call.ts'

export type FoundExchange = ResponseOf<'GET /v1/exchanges'>['exchanges'][number]
export type ExchangeDetails = ResponseOf<'GET /v1/exchanges/:exchange'>
export type Conversation = Omit<ResponseOf<'GET /v1/exchanges/:exchange/conversation'>, 'next'>
export type ConversationMessage = Conversation['request']['messages'][number]
export type ExchangeQuery = Omit<QueryOf<'GET /v1/exchanges'> & {}, 'from' | 'until' | 'limit'> & {
  from?: Date
  until?: Date
  limit?: number
}

export type ExchangesApi = {
  /** Newest first; at most `limit`, or all there are. @throws ApiClientError that lists what there is, for an unknown value. */
  search(query?: ExchangeQuery): AsyncGenerator<FoundExchange>
  /** What was decided and why, without content. */
  get(exchange: string): Promise<ExchangeDetails>
  /** What was said: all pages in one. */
  conversation(exchange: string): Promise<Conversation>
  /** A body as it was recorded, by its digest: a text, or the bytes of what is none; null where not all of it is recorded. */
  body(exchange: string, sha256: string): Promise<string | Buffer | null>
  /** How an MCP server defined a tool in the list that it sent in an exchange; null where that is not recorded. */
  toolDefinition(exchange: string, tool: string): Promise<string | null>
  /** Values that can be searched for, by kind. */
  values(): Promise<Record<string, string[]>>
}

const pageSize = 200

export function createExchangesApi(call: Call): ExchangesApi {
  return {
    async *search({ from, until, limit = Number.POSITIVE_INFINITY, ...filter } = {}) {
      let { after } = filter
      for (let left = limit; left > 0; ) {
        const query = {
          ...filter,
          from: from?.toISOString(),
          until: until?.toISOString(),
          after,
          limit: Math.min(left, pageSize),
        }
        const { exchanges, next } = await call('GET /v1/exchanges', { query })
        yield* exchanges
        if (next === null) return
        after = next
        left -= exchanges.length
      }
    },
    get: (exchange) => call('GET /v1/exchanges/:exchange', { params: { exchange } }),
    async body(exchange, sha256) {
      const { text, base64 } = await call('GET /v1/exchanges/:exchange/body', {
        params: { exchange },
        query: { sha256 },
      })
      return base64 ? Buffer.from(base64, 'base64') : text
    },
    toolDefinition: async (exchange, tool) =>
      (await call('GET /v1/exchanges/:exchange/tool-definition', { params: { exchange }, query: { tool } }))
        .definition,
    async conversation(exchange) {
      const page = (after: number) =>
        call('GET /v1/exchanges/:exchange/conversation', { params: { exchange }, query: { after } })
      let { next, ...whole } = await page(0)
      while (next !== null) {
        const more = await page(next)
        for (const side of ['request', 'response', 'delivered'] as const)
          whole[side]?.messages.push(...(more[side]?.messages ?? []))
        next = more.next
      }
      return whole
    },
    values: async () => (await call('GET /v1/exchanges/values')).values,
  }
}
