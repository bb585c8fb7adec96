import { ControlError } from './errors.js'
import { isComplete } from './findings.js'
import { pause } from './pause.js'
import type { Transport } from './transport.js'

export type RecordedEvent = {
  /** Exactly as recorded: one CloudEvents document. */
  json: string
  id: string
  type: string
  time: string
  exchange: string | undefined
  session: string | undefined
  data: Record<string, unknown>
}

export type EventSearch = {
  /** First instant included, and first that is not. */
  from?: Date | string
  until?: Date | string
  /** Full name, such as `airs.request-blocked.v1`. */
  type?: string
  session?: string
  exchange?: string
  /** By arrival; newest first unless `ascending`. */
  order?: 'ascending' | 'descending'
  /** Default: all there are. */
  limit?: number
}

export type Events = {
  get(id: string): Promise<RecordedEvent>
  search(search?: EventSearch): AsyncGenerator<RecordedEvent>
  /**
   * All of an exchange, in order. Waits for the one that completes it.
   * @throws ControlError (`exchange_incomplete`) when it does not come.
   */
  ofExchange(exchange: string): Promise<RecordedEvent[]>
}

export const pageSize = 500
/** For the way of an exchange's last event from the gateway's journal into the event store. */
const completionLimitMs = 30_000
const pollMs = 100

export function createEvents({ text }: Transport): Events {
  const search: Events['search'] = async function* ({
    from,
    until,
    limit = Number.POSITIVE_INFINITY,
    ...rest
  } = {}) {
    const query = { ...rest, from: instantText(from), until: instantText(until) }
    let after: number | undefined
    for (let left = limit; left > 0; ) {
      const page = splitPage(
        await text('GET', '/v1/events', { query: { ...query, after, limit: Math.min(left, pageSize) } }),
      )
      yield* page.events
      if (page.next === null) return
      after = page.next
      left -= page.events.length
    }
  }
  return {
    get: async (id) => toRecorded(await text('GET', `/v1/events/${encodeURIComponent(id)}`)),
    search,
    async ofExchange(exchange) {
      const deadline = performance.now() + completionLimitMs
      for (;;) {
        const events: RecordedEvent[] = []
        for await (const event of search({ exchange, order: 'ascending' })) events.push(event)
        if (isComplete(events)) return events
        if (performance.now() > deadline)
          throw new ControlError(
            `Exchange ${exchange} is not complete in the event store after ${completionLimitMs / 1_000} s: its response is still streaming, or AIRS-CP is behind`,
            { code: 'exchange_incomplete' },
          )
        await pause(pollMs)
      }
    },
  }
}

export function instantText(time: Date | string | undefined): string | undefined {
  if (time instanceof Date) return time.toISOString()
  return time?.length === 10 ? `${time}T00:00:00Z` : time
}

/** The events as the very text in which they were recorded, and where the next page begins. */
export function splitPage(page: string): { events: RecordedEvent[]; next: number | null } {
  const events: RecordedEvent[] = []
  let depth = 0
  let start = 0
  let at = '{"events":['.length
  for (; ; at += 1) {
    const character = page[at]
    if (character === undefined) throw new SyntaxError('The page of events does not end')
    if (character === '"') at = endOfString(page, at)
    else if (character === '{') {
      if (depth === 0) start = at
      depth += 1
    } else if (character === '}') {
      depth -= 1
      if (depth === 0) events.push(toRecorded(page.slice(start, at + 1)))
    } else if (character === ']' && depth === 0) break
    else if (character === '[') depth += 1
    else if (character === ']') depth -= 1
  }
  return { events, next: (JSON.parse(`{${page.slice(at + 2)}`) as { next: number | null }).next }
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') {
    if (at >= text.length) throw new SyntaxError('A string does not end')
    at += text[at] === '\\' ? 2 : 1
  }
  return at
}

function toRecorded(json: string): RecordedEvent {
  const { id, type, time, exchange, session, data } = JSON.parse(json) as RecordedEvent
  return { json, id, type, time, exchange, session, data: data ?? {} }
}
