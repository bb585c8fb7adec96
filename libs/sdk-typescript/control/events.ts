import { type EventsApi, pause } from '@airs-cp/client'
import { ControlError, eachWithSdkErrors, withSdkErrors } from './errors.js'
import { instant } from './instant.js'

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

/** How long an exchange's last event may take from the gateway's journal into the event store. */
const completionLimitMs = 30_000
const pollMs = 100
const completing = /^airs\.(response-|request-blocked\.|request-rejected\.|exchange-abandoned\.)/

/** @internal */
export function createEvents(api: EventsApi): Events {
  const search: Events['search'] = async function* ({ from, until, ...query } = {}) {
    const found = api.search({ ...query, from: instant(from), until: instant(until) })
    for await (const event of eachWithSdkErrors(found)) yield toRecorded(event)
  }
  return {
    get: async (id) => toRecorded(await withSdkErrors(() => api.get(id))),
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

function toRecorded({ json, event }: { json: string; event: object }): RecordedEvent {
  const { id, type, time, exchange, session, data } = event as RecordedEvent
  return { json, id, type, time, exchange, session, data: data ?? {} }
}

/** Whether what became of an exchange is among its events. */
function isComplete(events: RecordedEvent[]): boolean {
  return events.some(({ type }) => completing.test(type))
}
