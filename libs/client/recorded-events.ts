import type { Envelope } from '@airs-cp/events'

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
  /** False: without what was said, so that it is no read of content. */
  content?: boolean
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

export type EventReader = {
  page(query?: EventQuery): Promise<EventPage>
  /** At most `limit` events, or all there are. */
  search(query?: EventQuery): AsyncGenerator<RecordedEvent>
}
