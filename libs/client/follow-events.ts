import { isPassing } from './is-passing.ts'
import { pause } from './pause.ts'
import type { EventFilter, EventReader, RecordedEvent } from './recorded-events.ts'

export type FollowOptions = Omit<EventFilter, 'from' | 'until'> & {
  /** How many of those that are there already to begin with. Default: none. */
  last?: number
  intervalMs?: number
  signal?: AbortSignal
  /** Called when AIRS-CP becomes unavailable, and with undefined when it is back. Nothing is lost in between. */
  onTrouble?: (error: Error | undefined) => void
}

/** Positions are given out before they are committed: for this long an earlier one may still appear. */
const settleMs = 3_000

/**
 * Polls for events as they arrive. Each poll reads everything behind the last position that has settled, and passes
 * over what the poll before has seen.
 * @throws ApiClientError for anything but a service that is unavailable for a while; the signal's reason when it aborts.
 */
export async function* followEvents(
  { page, search }: EventReader,
  { last = 0, intervalMs = 500, signal, onTrouble = () => {}, ...filter }: FollowOptions = {},
): AsyncGenerator<RecordedEvent> {
  const newestPosition = async () => (await page({ limit: 1, content: false })).next ?? 0
  let settled = await newestPosition()
  let seen = new Set<string>()
  const marks: { position: number; atMs: number }[] = []
  if (last > 0) {
    const events = await toArray(search({ ...filter, limit: last }))
    seen = new Set(events.map(({ event }) => event.id))
    yield* events.reverse()
  }

  const poll = async (): Promise<RecordedEvent[]> => {
    const nowMs = performance.now()
    const newest = await newestPosition()
    marks.push({ position: newest, atMs: nowMs })
    while (marks[0] && marks[0].atMs <= nowMs - settleMs) settled = marks.shift()!.position
    if (newest <= settled) return []
    return toArray(search({ ...filter, order: 'ascending', after: settled }))
  }

  for (let troubled = false; ; await pause(intervalMs, signal)) {
    try {
      const events = await poll()
      if (troubled) onTrouble(undefined)
      troubled = false
      const fresh = events.filter(({ event }) => !seen.has(event.id))
      seen = new Set(events.map(({ event }) => event.id))
      yield* fresh
    } catch (error) {
      if (!isPassing(error)) throw error
      if (!troubled) onTrouble(error)
      troubled = true
    }
  }
}

async function toArray<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const array: Item[] = []
  for await (const item of items) array.push(item)
  return array
}
