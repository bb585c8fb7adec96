import { type AnyEvent, checkPlace, parseEvent } from '@airs-cp/events'
import { isTransient } from '@airs-cp/postgres'
import {
  type Consumer,
  type ConsumerMessages,
  type JsMsg,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream'
import type { Kysely } from 'kysely'
import { applyBatch, type Item } from './apply-batch.ts'
import type { Bus } from './connect.ts'
import type { Projection } from './projection.ts'
import type { ProjectionTables } from './projection-tables.ts'
import { noteReplacedStream, restoredPosition } from './take-up-restored.ts'
import { ensureConsumer, ensureTopology } from './topology.ts'
import { traceApplied } from './trace-events.ts'

export type ProjectionStats = {
  connected: boolean
  applied: number
  batches: number
  deadLetters: number
  /** Events that the stream holds and this projection has not applied, as of the last delivery. */
  pending: number
  /** How old the event applied last was when it was applied; 0 before the first. */
  lagMs: number
}

export type RunningProjection = AsyncDisposable & {
  stats(): ProjectionStats
  /** Resolves when the event's transaction has committed. @throws when that takes longer than `timeoutMs`. */
  applied(eventId: string, timeoutMs?: number): Promise<void>
  /** Resolves when everything is applied that the stream has now, or when it is closed. */
  caughtUp(): Promise<void>
  /** Finishes the batch at hand and stops. */
  close(): Promise<void>
}

const maxUnacknowledged = 1_000

/**
 * Runs a projection for ever: pull a batch → transaction (inbox, handlers, position) → commit → acknowledge.
 *
 * | what happens                     | what the runner does                                              |
 * |----------------------------------|-------------------------------------------------------------------|
 * | an event arrives again           | the inbox (or the batch's own key) makes it a no-op; acknowledged |
 * | Postgres is away                 | holds what it has, tells JetStream so, tries again until it is back |
 * | another process died             | what that one had not acknowledged comes after `ackWaitMs`        |
 * | one event cannot be applied      | it goes to `dead_letters` with its error; the others are applied  |
 * | NATS is away, or lost its store  | reconnects, makes stream and consumer again, goes on              |
 * | Postgres was put back            | at the start: takes again what the stream has after its position  |
 *
 * @param after nothing is taken before; for a projection that looks at what another one has stored.
 * @param onBatch called after each commit with the events of the batch, those delivered again included.
 */
export function runProjection<Tables>({
  bus,
  database,
  projection,
  batchSize = 500,
  ackWaitMs = 5_000,
  after = Promise.resolve(),
  onBatch = () => {},
  onProblem = () => {},
}: {
  bus: Bus
  database: Kysely<Tables>
  projection: Projection<Tables>
  batchSize?: number
  ackWaitMs?: number
  after?: Promise<void>
  onBatch?: (events: AnyEvent[]) => void
  onProblem?: (problem: string, error: unknown) => void
}): RunningProjection {
  const { stream, name: durable } = projection
  const toItem = createReader(projection)
  const stats: ProjectionStats = {
    connected: false,
    applied: 0,
    batches: 0,
    deadLetters: 0,
    pending: 0,
    lagMs: 0,
  }
  const queue: JsMsg[] = []
  let batch: JsMsg[] = []
  let wake = () => {}
  let closed = false
  const closing = Promise.withResolvers<void>()
  /** Whether position and consumer were compared since the start. */
  let agreed = false
  let messages: ConsumerMessages | undefined
  /** Events that somebody waits for in this process. */
  const commits = new Map<string, PromiseWithResolvers<void>>()

  async function receive(): Promise<void> {
    await Promise.race([after, closing.promise])
    while (!closed && !bus.isClosed()) {
      try {
        messages = await consume(await openConsumer())
        if (closed) messages.stop()
        stats.connected = true
        const error = await messages.closed()
        if (error) throw error
      } catch (error) {
        if (!closed) onProblem('cannot consume; trying again', error)
      }
      stats.connected = false
      if (!closed) await sleep(300)
    }
  }

  async function openConsumer(): Promise<Consumer> {
    const settings = {
      stream: stream.name,
      durable,
      filter: stream.subjects[0]!,
      maxUnacknowledged,
      ackWaitMs,
    }
    await ensureConsumer(bus, settings).catch(async () => {
      await ensureTopology(bus)
      await ensureConsumer(bus, settings)
    })
    await noteReplacedStream(bus, database, projection)
    if (!agreed) {
      const position = await restoredPosition(bus, database, projection)
      if (position !== undefined) {
        onProblem(`${durable} begins again after ${position}: its database was put back`, undefined)
        await ensureConsumer(bus, settings, position)
      }
      agreed = true
    }
    return jetstream(bus).consumers.get(stream.name, durable)
  }

  function consume(consumer: Consumer): Promise<ConsumerMessages> {
    return consumer.consume({
      max_messages: maxUnacknowledged,
      expires: 10_000,
      abort_on_missing_resource: true,
      callback: (message) => {
        queue.push(message)
        wake()
      },
    })
  }

  async function work(): Promise<void> {
    while (!closed) {
      if (queue.length === 0) {
        const arrival = Promise.withResolvers<void>()
        wake = arrival.resolve
        await arrival.promise
        continue
      }
      batch = queue.splice(0, batchSize)
      await applyUntilDone()
      stats.pending = batch.at(-1)!.info.pending + queue.length
      batch = []
    }
  }

  async function applyUntilDone(): Promise<void> {
    const items = batch.map(toItem)
    const startedAtMs = Date.now()
    for (let attempt = 0; !closed; attempt++) {
      try {
        const { applied, buried } = await applyBatch(database, projection, items)
        for (const message of batch) message.ack()
        stats.applied += applied
        stats.batches += 1
        stats.deadLetters += buried.length
        for (const { eventId } of items) commits.get(eventId)?.resolve()
        for (const { eventId, error } of buried)
          onProblem(`event ${eventId} is buried as a dead letter`, error)
        const events = items.flatMap((item) => (item.kind === 'event' ? [item.delivery.event] : []))
        traceApplied(projection, events, startedAtMs, new Set(buried.map(({ eventId }) => eventId)))
        const last = events.at(-1)
        if (last) stats.lagMs = Math.max(0, Date.now() - Date.parse(last.time))
        onBatch(events)
        return
      } catch (error) {
        if (attempt === 0) onProblem('Postgres is away; trying again', error)
        if (!isTransient(error)) onProblem('a batch failed; trying again', error)
        await sleep(Math.min(50 * 2 ** attempt, 2_000))
      }
    }
  }

  /** Without this, what is held for long would be delivered again and again. */
  function keep(): void {
    for (const message of batch) message.working()
    for (const message of queue) message.working()
  }

  const loops = [receive(), work()]
  const keeping = setInterval(keep, ackWaitMs / 3)
  const close = async () => {
    closed = true
    closing.resolve()
    messages?.stop()
    wake()
    await Promise.all(loops)
    clearInterval(keeping)
  }
  return {
    stats: () => ({ ...stats, pending: stats.pending + queue.length }),
    async applied(eventId, timeoutMs = 10_000) {
      const commit = commits.get(eventId) ?? Promise.withResolvers<void>()
      commits.set(eventId, commit)
      const inDatabase = database as unknown as Kysely<ProjectionTables>
      try {
        await waitForApplied(inDatabase, projection.schema, eventId, timeoutMs, commit.promise)
      } finally {
        commits.delete(eventId)
      }
    },
    async caughtUp() {
      while (!closed) {
        if (stats.connected && (await isCaughtUp(bus, projection).catch(() => false))) return
        await Promise.race([sleep(50), closing.promise])
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A position is committed before its messages are acknowledged. */
async function isCaughtUp<Tables>(bus: Bus, { stream, name }: Projection<Tables>): Promise<boolean> {
  const manager = await jetstreamManager(bus)
  const { num_pending, num_ack_pending } = await manager.consumers.info(stream.name, name)
  return num_pending === 0 && num_ack_pending === 0
}

/** Reads messages: parses those that the projection subscribes to, passes over the others. */
function createReader<Tables>(projection: Projection<Tables>): (message: JsMsg) => Item {
  const subscribed =
    'on' in projection
      ? new Set(Object.keys(projection.on).map((type) => type.slice('airs.'.length, type.lastIndexOf('.'))))
      : undefined
  return (message) => {
    const { subject } = message
    const base = {
      eventId: message.headers?.get('Nats-Msg-Id') || `${projection.stream.name}:${message.seq}`,
      subject,
      streamSequence: message.seq,
      payload: message.data,
    }
    if (subscribed && !subscribed.has(subject.slice(subject.lastIndexOf('.') + 1)))
      return { ...base, kind: 'ignored' }
    try {
      const json = message.string()
      const event = parseEvent(json)
      checkPlace(subject, event)
      return { ...base, eventId: event.id, kind: 'event', delivery: { event, json } }
    } catch (reason) {
      return { ...base, kind: 'unreadable', reason }
    }
  }
}

/** @param committed wakes it: another process may apply the event as well, so that the database has the last word. */
async function waitForApplied(
  database: Kysely<ProjectionTables>,
  schema: string,
  eventId: string,
  timeoutMs: number,
  committed: Promise<void>,
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  let isCommitted = false
  void committed.then(() => {
    isCommitted = true
  })
  for (;;) {
    const row = await database
      .withSchema(schema)
      .selectFrom('applied_events')
      .select('event_id')
      .where('event_id', '=', eventId)
      .executeTakeFirst()
    if (row) return
    if (Date.now() > deadline)
      throw new Error(`Event ${eventId} was recorded, but is not applied after ${timeoutMs} ms; it will be`)
    // Committed and not applied is what a dead letter is.
    await (isCommitted ? sleep(15) : Promise.race([committed, sleep(15)]))
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
