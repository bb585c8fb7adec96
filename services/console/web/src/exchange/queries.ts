import { queryOptions } from '@tanstack/react-query'
import { api, read, type Schemas } from '../api/client.ts'

export type Exchange = Awaited<ReturnType<typeof fetchExchange>>
export type Conversation = Awaited<ReturnType<typeof fetchConversation>>
export type Side = Schemas['ConversationSide']
export type Message = Side['messages'][number]
export type RecordedEvent = Schemas['RecordedEvent']

function fetchExchange(exchange: string, signal?: AbortSignal) {
  return read(api.GET('/v1/exchanges/{exchange}', { params: { path: { exchange } }, signal: signal ?? null }))
}

/** A long conversation comes in several pages. */
async function fetchConversation(exchange: string, signal?: AbortSignal) {
  const page = (after: number) =>
    read(
      api.GET('/v1/exchanges/{exchange}/conversation', {
        params: { path: { exchange }, query: { after } },
        signal: signal ?? null,
      }),
    )
  const whole = await page(0)
  while (whole.next !== null) {
    const { next, ...more } = await page(whole.next)
    for (const side of ['request', 'response', 'delivered'] as const)
      whole[side]?.messages.push(...(more[side]?.messages ?? []))
    whole.next = next
  }
  return whole
}

const open = new Set(['open'])

export const exchangeQuery = (exchange: string) =>
  queryOptions({
    queryKey: ['exchange', exchange],
    queryFn: ({ signal }) => fetchExchange(exchange, signal),
    refetchInterval: ({ state }) => (state.data && open.has(state.data.state) ? 2_000 : false),
  })

export const conversationQuery = (exchange: string) =>
  queryOptions({
    queryKey: ['conversation', exchange],
    queryFn: ({ signal }) => fetchConversation(exchange, signal),
    staleTime: 60_000,
  })

/** The events of an exchange without their content, for attempts, usage and timing. */
export const factsQuery = (exchange: string) =>
  queryOptions({
    queryKey: ['exchange-events', exchange],
    queryFn: async ({ signal }) =>
      (
        await read(
          api.GET('/v1/events', {
            params: { query: { exchange, content: 'false', order: 'ascending', limit: 100 } },
            signal,
          }),
        )
      ).events,
  })

/** A body that is stored in parts: a read that is recorded itself. */
export const bodyQuery = (exchange: string, sha256: string) =>
  queryOptions({
    queryKey: ['body', exchange, sha256],
    queryFn: async ({ signal }) =>
      (
        await read(
          api.GET('/v1/exchanges/{exchange}/body', {
            params: { path: { exchange }, query: { sha256 } },
            signal,
          }),
        )
      ).text,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** An event as it was recorded, with its bodies: a read that is recorded itself. */
export const recordedQuery = (event: string) =>
  queryOptions({
    queryKey: ['event', event],
    queryFn: ({ signal }) =>
      read(
        api.GET('/v1/events/{id}', { params: { path: { id: event }, query: { content: 'true' } }, signal }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  })
