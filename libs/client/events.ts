import type { Envelope } from '@airs-cp/events'
import { notAirsError } from './errors.ts'
import { type FollowOptions, followEvents } from './follow-events.ts'
import { rawElements } from './raw-elements.ts'
import { pathSegment, type Transport } from './transport.ts'

/** `type` is open: an AIRS-CP newer than this client records types that it does not know. */
export type EventEnvelope = Omit<Envelope, 'type'> & { type: string }

export type RecordedEvent = {
  /** Exactly as recorded. */
  json: string
  event: EventEnvelope
}

export type EventFilter = {
  /** First instant included. */
  from?: Date
  /** First instant not included. */
  until?: Date
  /** Full name. */
  type?: string
  session?: string
  exchange?: string
}

export type EventQuery = EventFilter & {
  /** By arrival; newest first unless `ascending`. */
  order?: 'ascending' | 'descending'
  limit?: number
  /** `next` of the page before. */
  after?: number
}

export type EventPage = {
  events: RecordedEvent[]
  /** Null on the last page. */
  next: number | null
}

export type EventsApi = {
  page(query?: EventQuery): Promise<EventPage>
  /** At most `limit` events, or all there are. */
  search(query?: EventQuery): AsyncGenerator<RecordedEvent>
  get(id: string): Promise<RecordedEvent>
  /** Events as they arrive, until the iteration is left or `signal` aborts. */
  follow(options?: FollowOptions): AsyncGenerator<RecordedEvent>
}

const pageSize = 500
const pageEnd = /^\{"events":\[.*\],"next":(\d+|null)\}$/s

export function createEventsApi({ base, text }: Transport): EventsApi {
  const page: EventsApi['page'] = async ({ from, until, ...query } = {}) => {
    const answer = await text('GET', '/v1/events', {
      query: { ...query, from: from?.toISOString(), until: until?.toISOString() },
    })
    const next = pageEnd.exec(answer)?.[1]
    if (next === undefined) throw notAirsError(base, 200)
    return { events: rawElements(answer).map(toRecorded), next: next === 'null' ? null : Number(next) }
  }
  const search: EventsApi['search'] = async function* ({ limit = Number.POSITIVE_INFINITY, ...query } = {}) {
    let { after } = query
    for (let left = limit; left > 0; ) {
      const { events, next } = await page({ ...query, after, limit: Math.min(left, pageSize) })
      yield* events
      if (next === null) return
      after = next
      left -= events.length
    }
  }
  return {
    page,
    search,
    get: async (id) => toRecorded(await text('GET', `/v1/events/${pathSegment(id)}`)),
    follow: (options) => followEvents({ page, search }, options),
  }
}

function toRecorded(json: string): RecordedEvent {
  return { json, event: JSON.parse(json) as EventEnvelope }
}
