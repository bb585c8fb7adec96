import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { UnreachableError } from './errors.ts'
import { type FollowOptions, followEvents } from './follow-events.ts'
import type { EventQuery, EventReader, RecordedEvent } from './recorded-events.ts'

/** A log as the audit service keeps it: positions are given out first and become visible later, in any order. */
function createLog() {
  const visible = new Map<number, RecordedEvent>()
  const select = ({ order = 'descending', after, limit = 1_000 }: EventQuery) =>
    [...visible.entries()]
      .sort(([a], [b]) => (order === 'ascending' ? a - b : b - a))
      .filter(([at]) => after === undefined || (order === 'ascending' ? at > after : at < after))
      .slice(0, limit)
  let isAway = false
  const api: EventReader = {
    async page(query = {}) {
      if (isAway) throw new UnreachableError('http://log', 'down', undefined)
      const found = select(query)
      const next = found.length === query.limit ? found.at(-1)![0] : null
      return { events: found.map(([, event]) => event), next }
    },
    async *search(query = {}) {
      yield* (await api.page(query)).events
    },
  }
  return {
    api,
    commit: (...positions: number[]) => {
      for (const position of positions)
        visible.set(position, { json: '{}', event: { id: String(position) } } as RecordedEvent)
    },
    setAway: (away: boolean) => {
      isAway = away
    },
  }
}

/** Follows until `count` events have come, and a little longer for those that must not. */
async function follow(
  log: ReturnType<typeof createLog>,
  count: number,
  options: FollowOptions,
  meanwhile: (ids: string[]) => void,
): Promise<string[]> {
  const controller = new AbortController()
  const ids: string[] = []
  try {
    for await (const { event } of followEvents(log.api, {
      intervalMs: 2,
      signal: controller.signal,
      ...options,
    })) {
      ids.push(event.id)
      meanwhile(ids)
      if (ids.length === count) setTimeout(() => controller.abort(new Error('enough')), 20)
    }
  } catch (error) {
    if ((error as Error).message !== 'enough') throw error
  }
  return ids
}

describe('following events', () => {
  test('begins with the latest, and gives every later one once', async () => {
    const log = createLog()
    log.commit(1, 2, 3)
    const ids = await follow(log, 4, { last: 2 }, (ids) => {
      if (ids.length === 2) log.commit(4, 5)
    })
    assert.deepEqual(ids, ['2', '3', '4', '5'])
  })

  test('does not pass over what becomes visible behind a later event', async () => {
    const log = createLog()
    log.commit(1)
    const ids = await follow(log, 4, { last: 1 }, (ids) => {
      if (ids.at(-1) === '1') log.commit(4)
      if (ids.at(-1) === '4') log.commit(2, 3)
    })
    assert.deepEqual(ids, ['1', '4', '2', '3'])
  })

  test('waits while nobody answers, says so once, and loses nothing', async () => {
    const log = createLog()
    log.commit(1)
    const said: (string | undefined)[] = []
    const onTrouble = (error: Error | undefined) => said.push(error?.message)
    const ids = await follow(log, 2, { last: 1, onTrouble }, (ids) => {
      if (ids.length > 1) return
      log.setAway(true)
      log.commit(2)
      setTimeout(() => log.setAway(false), 30)
    })
    assert.deepEqual(ids, ['1', '2'])
    assert.deepEqual(said, ['Cannot reach http://log: down', undefined])
  })
})
