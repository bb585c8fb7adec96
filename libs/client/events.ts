import { notAirsError } from './errors.ts'
import { type FollowOptions, followEvents } from './follow-events.ts'
import { rawElements } from './raw-elements.ts'
import type { EventEnvelope, EventReader, RecordedEvent } from './recorded-events.ts'
import { pathSegment, type Transport } from './transport.ts'

export type EventsApi = EventReader & {
  get(id: string): Promise<RecordedEvent>
  /** Events as they arrive, until the iteration is left or `signal` aborts. */
  follow(options?: FollowOptions): AsyncGenerator<RecordedEvent>
}

const pageSize = 500
const pageEnd = /^\{"events":\[.*\],"next":(\d+|null)\}$/s

export function createEventsApi({ base, text }: Transport): EventsApi {
  const page: EventsApi['page'] = async ({ from, until, content, ...query } = {}) => {
    const received = await text('GET', '/v1/events', {
      query: {
        ...query,
        from: from?.toISOString(),
        until: until?.toISOString(),
        content: content?.toString(),
      },
    })
    const next = pageEnd.exec(received)?.[1]
    if (next === undefined) throw notAirsError(base, 200)
    return { events: rawElements(received).map(toRecorded), next: next === 'null' ? null : Number(next) }
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
