import type { RecordedEvent } from './events.js'

/** What a detector saw, and where. Never the text itself. */
export type Finding = {
  direction: 'request' | 'response'
  detector: string
  type: string
  /** JSON pointer to the string in the request or the response. */
  path: string
  start: number
  end: number
  confidence: number
}

type Decided = { decision?: { findings?: Omit<Finding, 'direction'>[] } }

/** Findings of the request first, then of the response. */
export function findingsOf(events: RecordedEvent[]): Finding[] {
  return events.flatMap(({ type, data }) =>
    ((data as Decided).decision?.findings ?? []).map((found) => ({
      direction: type.startsWith('airs.request-') ? ('request' as const) : ('response' as const),
      detector: found.detector,
      type: found.type,
      path: found.path,
      start: found.start,
      end: found.end,
      confidence: found.confidence,
    })),
  )
}
