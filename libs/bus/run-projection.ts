import { setTimeout as sleep } from 'node:timers/promises'
import type { AnyEvent } from '@airs-cp/events'
import { isTransient } from '@airs-cp/postgres'
import type { Kysely } from 'kysely'
import { applyBatch, checkPosition, DatabasePutBackError } from './apply-batch.ts'
import { askJetStream } from './ask-jetstream.ts'
import type { Bus } from './connect.ts'
import { createReader } from './create-reader.ts'
import { createFailing } from './failing.ts'
import { Floor } from './floor.ts'
import { markLost, takePlace } from './place.ts'
import type { Projection } from './projection.ts'
import type { ProjectionTables } from './projection-tables.ts'
import { type Pull, type PulledMessage, type Room, startPull } from './pull.ts'
import { rereadPage } from './reread.ts'
import { ensureConsumer, ensureTopology, isStreamMissing, type TopologySettings } from './topology.ts'
import { traceApplied } from './trace-events.ts'
import { waitForApplied } from './wait-for-applied.ts'

export type ProjectionStats = {
  connected: boolean
  applied: number
  batches: number
  deadLetters: number
  /** Events that the stream holds and this projection has not applied, as of the last delivery. */
  pending: number
  /** How long the event applied last was in the stream when it was applied; 0 before the first. */
  lagMs: number
  /** Events that were read from the event store, because the stream had lost them before they were applied. */
  reread: number
}

export type RunningProjection = AsyncDisposable & {
  stats(): ProjectionStats
  /** Resolves when the event's transaction has committed. @throws when that takes longer than `timeoutMs`. */
  applied(eventId: string, timeoutMs?: number): Promise<void>
  /** Resolves when everything is applied that the stream has now and that the event store has of what it lost, or when it is closed. */
  caughtUp(): Promise<void>
  /** Finishes the batch at hand and stops. */
  close(): Promise<void>
}

const maxUnacknowledged = 1_000
/** What may be delivered and not applied, and how much of it one transaction takes. */
const maxHeldBytes = 16 * 1024 ** 2
const maxBatchBytes = 8 * 1024 ** 2
/** Nothing is asked for while there is room for less. */
const leastRoom: Room = { messages: 250, bytes: 4 * 1024 ** 2 }
/** How often JetStream is asked about what this process does not see: other processes' acknowledgements, discarded messages. */
const lookIntervalMs = 1_000
const idleLookIntervalMs = 3_000
const patientAttempts = 3
const cannotAsk = 'cannot ask JetStream about the stream'
const cannotConsume = 'cannot consume; trying again'
const cannotReread = 'cannot read the event store; trying again'
const noPostgres = 'Postgres is unavailable; trying again'
/** With so many events in a batch there is so much to do that batches begin so many times farther apart. */
const manyEvents = 20
const busyFactor = 5
const batchFailed = 'a batch failed; trying again'

/** A message, and the floor of the stream that it came from: a stream may be lost and made again meanwhile. */
type Held = { message: PulledMessage; floor: Floor }

/**
 * Runs a projection for ever: pull a batch, by bytes → transaction (inbox, handlers, position) → commit → acknowledge.
 *
 * | what happens                     | what the runner does                                              |
 * |----------------------------------|-------------------------------------------------------------------|
 * | an event arrives again           | the inbox (or the batch's own key) makes it a no-op; acknowledged |
 * | Postgres is unavailable          | holds what it has, asks JetStream for time, tries again until it is back |
 * | another process died             | what that one had not acknowledged comes after `ackWaitMs`        |
 * | one event cannot be applied      | it goes to `dead_letters` with its error; the others are applied  |
 * | NATS is unavailable or lost its store | reconnects, makes stream and consumer again, goes on              |
 * | Postgres was put back, or a standby promoted that lacks the last commits | at the start, with the next batch, or after 3 s: takes again what the stream has after its position |
 * | the stream lost what was not applied | reads it from the event store (`rereads`)                     |
 * | an event takes too long          | after a few tries it is a dead letter                             |
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
  topology = {},
  onBatch = () => {},
  onProblem = () => {},
  onRecovery = () => {},
}: {
  bus: Bus
  database: Kysely<Tables>
  projection: Projection<Tables>
  batchSize?: number
  ackWaitMs?: number
  after?: Promise<void>
  /** For streams that it makes again. */
  topology?: TopologySettings
  onBatch?: (events: AnyEvent[]) => void
  onProblem?: (problem: string, error: unknown) => void
  /** What was reported to `onProblem` works again. */
  onRecovery?: (problem: string) => void
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
    reread: 0,
  }
  /** Of the stream as it is now. */
  let floor = new Floor('')
  const queue: Held[] = []
  let batch: Held[] = []
  let heldBytes = 0
  /** The highest sequence that was delivered here. */
  let delivered = 0
  let lookedAtMs = 0
  /** When the last batch began. */
  let beganAtMs = 0
  let lastBatchSize = 0
  let lookedForLostAtMs = 0
  let lookedForLostAfter = -1
  /** Whether something may have to be read from the event store. */
  let mayReread = projection.rereads ?? false
  /** Whether what the event store has of that is read. */
  let hasReread = !mayReread
  let rereadAtMs = 0
  /** How often the database lacked what was committed here, and for how many of these the place was taken anew. */
  let putBacks = 0
  let answered = 0
  let wake = () => {}
  let closed = false
  const closing = Promise.withResolvers<void>()
  let pull: Pull | undefined
  /** Events that somebody waits for in this process. */
  const commits = new Map<string, PromiseWithResolvers<void>>()

  const { fails, works } = createFailing(onProblem, onRecovery)

  async function receive(): Promise<void> {
    await Promise.race([after, closing.promise])
    while (!closed && !bus.isClosed()) {
      try {
        await openConsumer()
        if (closed) return
        if (putBacks > answered) continue
        using open = startPull(bus, { stream: stream.name, durable, room, onMessage: take })
        pull = open
        stats.connected = true
        wake()
        works(cannotConsume)
        const error = await Promise.race([open.ended, closing.promise])
        if (error) throw error
      } catch (error) {
        if (!closed) fails(cannotConsume, error)
      }
      pull = undefined
      stats.connected = false
      if (!closed) await Promise.race([sleep(300), closing.promise])
    }
  }

  async function openConsumer(): Promise<void> {
    const settings = {
      stream: stream.name,
      durable,
      filter: stream.subjects[0]!,
      maxUnacknowledged,
      ackWaitMs,
    }
    await ensureConsumer(bus, settings).catch(async (error) => {
      if (!isStreamMissing(error)) throw error
      await ensureTopology(bus, topology)
      await ensureConsumer(bus, settings)
    })
    const found = putBacks
    const place = await takePlace(bus, database, projection, found > answered)
    if (place.beginAfter !== undefined) {
      onProblem(`${durable} begins again after ${place.beginAfter}: ${place.reason}`, undefined)
      await ensureConsumer(bus, settings, place.beginAfter)
    }
    if (place.streamCreated !== floor.stream) floor = new Floor(place.streamCreated)
    floor.reset(place.floor, place.publishedAtMs)
    delivered = place.floor
    answered = found
    mayReread = projection.rereads ?? false
    hasReread = !mayReread
  }

  function room(): Room | undefined {
    const messages = maxUnacknowledged - queue.length - batch.length
    const bytes = maxHeldBytes - heldBytes
    return messages < leastRoom.messages || bytes < leastRoom.bytes ? undefined : { messages, bytes }
  }

  function take(message: PulledMessage): void {
    queue.push({ message, floor })
    heldBytes += message.data.length
    wake()
  }

  /** Of one stream. */
  function takeBatch(): Held[] {
    let bytes = 0
    const end = queue.findIndex((held, index) => {
      bytes += held.message.data.length
      return index === batchSize || (index > 0 && (bytes > maxBatchBytes || held.floor !== queue[0]!.floor))
    })
    return queue.splice(0, end === -1 ? queue.length : end)
  }

  async function work(): Promise<void> {
    while (!closed) {
      if (mayReread && stats.connected && (await reread())) continue
      if (closed) return
      if (queue.length === 0) {
        const arrival = Promise.withResolvers<void>()
        wake = arrival.resolve
        const restMs = mayReread ? lookIntervalMs : idleLookIntervalMs
        await Promise.race([arrival.promise, sleep(restMs)])
        if (!closed && queue.length === 0)
          await checkPosition(database, projection, floor).catch((error) => {
            if (error instanceof DatabasePutBackError) beginAgain()
          })
        if (!closed && stats.connected && queue.length === 0 && projection.rereads)
          await lookForLost(delivered).catch((error) => fails(cannotAsk, error))
        if (!closed && queue.length === 0 && stats.pending > 0)
          await countPending().catch((error) => fails(cannotAsk, error))
        continue
      }
      await gather()
      batch = takeBatch()
      lastBatchSize = batch.length
      await look().catch((error) => fails(cannotAsk, error))
      await applyUntilDone()
      stats.pending = (batch.at(-1)?.message.pending ?? 0) + queue.length
      for (const { message } of batch) heldBytes -= message.data.length
      batch = []
      pull?.ask()
    }
  }

  /** Waits until the last batch began long enough ago, the next one is full, or somebody waits for one of its events. */
  async function gather(): Promise<void> {
    const apartMs = (projection.gatherMs ?? 0) * (lastBatchSize < manyEvents ? 1 : busyFactor)
    const restMs = beganAtMs + apartMs - performance.now()
    const isDue = () => queue.length >= batchSize || heldBytes >= maxBatchBytes || commits.size > 0
    if (restMs > 0 && !isDue()) {
      const due = Promise.withResolvers<void>()
      wake = () => void (isDue() && due.resolve())
      await Promise.race([due.promise, sleep(restMs), closing.promise])
    }
    beganAtMs = performance.now()
  }

  /** Finds out what others have acknowledged, and what the stream has discarded before it came here. */
  async function look(): Promise<void> {
    if (batch[0]!.floor !== floor) return
    const news = batch
      .filter(({ message }) => message.deliveries === 1 && message.streamSequence > delivered)
      .map(({ message }) => message.streamSequence)
    const before = delivered
    delivered = news.at(-1) ?? before
    const skips = delivered - before > news.length
    const isDue = performance.now() - lookedAtMs > lookIntervalMs
    if (!skips && !(floor.isBehind && isDue)) return
    lookedAtMs = performance.now()
    if (skips && projection.rereads) await lookForLost(before)
    const manager = await askJetStream(bus)
    const { ack_floor: acknowledged } = await manager.consumers.info(stream.name, durable)
    floor.raise(acknowledged.stream_seq)
    works(cannotAsk)
  }

  /** What is not delivered, and no longer in the stream, is to be read from the event store. */
  async function lookForLost(seen: number): Promise<void> {
    if (performance.now() - lookedForLostAtMs < lookIntervalMs && seen === lookedForLostAfter) return
    lookedForLostAtMs = performance.now()
    lookedForLostAfter = seen
    const manager = await askJetStream(bus)
    const { created, state } = await manager.streams.info(stream.name)
    works(cannotAsk)
    if (created !== floor.stream || state.first_seq <= seen + 1) return
    await markLost(database, projection, floor.publishedAtMs, state.first_seq - 1)
    delivered = Math.max(delivered, state.first_seq - 1)
    onProblem(`${durable} reads from the event store what ${stream.name} has discarded`, undefined)
    mayReread = true
    hasReread = false
  }

  /** What the last message said is wrong where the rest was discarded, and JetStream miscounts now and then. */
  async function countPending(): Promise<void> {
    const manager = await askJetStream(bus)
    const { num_pending } = await manager.consumers.info(stream.name, durable)
    works(cannotAsk)
    if (queue.length === 0) stats.pending = num_pending
  }

  /** Whether something was read. */
  async function reread(): Promise<boolean> {
    if (performance.now() < rereadAtMs) return false
    try {
      const step = await rereadPage(database, projection)
      mayReread = step.state !== 'none'
      hasReread = step.state !== 'read'
      works(cannotReread)
      if (step.state === 'read') {
        stats.reread += step.events.length
        onBatch(step.events)
        return true
      }
    } catch (error) {
      fails(cannotReread, error)
    }
    rereadAtMs = performance.now() + lookIntervalMs
    return false
  }

  /** Forgets what is held, and has everything delivered that this database lacks. */
  function beginAgain(): void {
    putBacks += 1
    for (const { message } of [...batch, ...queue]) heldBytes -= message.data.length
    batch = []
    queue.length = 0
    pull?.[Symbol.dispose]()
  }

  async function applyUntilDone(): Promise<void> {
    const items = batch.map(({ message }) => toItem(message))
    const [{ floor }] = batch as [Held]
    const startedAtMs = Date.now()
    for (let attempt = 0; !closed; attempt++) {
      try {
        const options = { floor, isPatient: attempt < patientAttempts }
        const { applied, buried } = await applyBatch(database, projection, items, options)
        for (const { message } of batch) message.ack()
        works(noPostgres)
        works(batchFailed)
        stats.applied += applied
        stats.batches += 1
        stats.deadLetters += buried.length
        for (const { eventId } of items) commits.get(eventId)?.resolve()
        for (const { eventId, error } of buried)
          onProblem(`event ${eventId} is buried as a dead letter`, error)
        const events = items.flatMap((item) => (item.kind === 'event' ? [item.delivery.event] : []))
        traceApplied(projection, events, startedAtMs, new Set(buried.map(({ eventId }) => eventId)))
        stats.lagMs = Math.max(0, Date.now() - batch.at(-1)!.message.publishedAtMs)
        onBatch(events)
        return
      } catch (error) {
        if (error instanceof DatabasePutBackError) return beginAgain()
        if (isTransient(error)) {
          fails(noPostgres, error)
        } else fails(batchFailed, error)
        await sleep(Math.min(50 * 2 ** Math.min(attempt, 10), 2_000))
      }
    }
  }

  /** Without this, what is held for long would be delivered again and again. */
  function keep(): void {
    for (const { message } of [...batch, ...queue]) message.working()
  }

  const loops = [receive(), work()]
  const keeping = setInterval(keep, ackWaitMs / 3)
  const close = async () => {
    closed = true
    closing.resolve()
    wake()
    await Promise.all(loops)
    clearInterval(keeping)
  }
  return {
    stats: () => ({ ...stats, pending: stats.pending + queue.length }),
    async applied(eventId, timeoutMs = 10_000) {
      const commit = commits.get(eventId) ?? Promise.withResolvers<void>()
      commits.set(eventId, commit)
      wake()
      const inDatabase = database as unknown as Kysely<ProjectionTables>
      try {
        await waitForApplied(inDatabase, projection.schema, eventId, timeoutMs, commit.promise)
      } finally {
        commits.delete(eventId)
      }
    },
    async caughtUp() {
      while (!closed) {
        if (stats.connected && hasReread && (await isCaughtUp(bus, projection).catch(() => false))) return
        await Promise.race([sleep(50), closing.promise])
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A position is committed before its messages are acknowledged. */
async function isCaughtUp<Tables>(bus: Bus, { stream, name }: Projection<Tables>): Promise<boolean> {
  const manager = await askJetStream(bus)
  const { num_pending, num_ack_pending } = await manager.consumers.info(stream.name, name)
  return num_pending === 0 && num_ack_pending === 0
}
