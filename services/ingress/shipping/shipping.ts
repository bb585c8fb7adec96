import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Bus,
  connectBus,
  createPublisher,
  findKey,
  type PublishAck,
  type PublishError,
  type Publisher,
  traceSend,
} from '@airs-cp/bus'
import { buckets, journalProgressSchema, maxEventBytes, streams, subjectOfIngress } from '@airs-cp/events'
import { freeBytes, type JournalRecord } from '@airs-cp/journal'
import { InFlight } from './in-flight.ts'
import { ShipperCursor } from './shipper-cursor.ts'
import { ShipperLane } from './shipper-lane.ts'
import type {
  FromWorker,
  ShippedEpoch,
  ShipperReport,
  ShipperSettings,
  WorkerInput,
} from './shipper-messages.ts'
import { type Message, substitutesOf } from './substitutes.ts'

const statsIntervalMs = 500
const cursorIntervalMs = 2000
/** A stream without a leader refuses at once, and for some seconds; a try costs one message. */
const longestBackoffMs = 500
const restartDelayMs = 1000
const busyMs = 500
/** What NATS counts of a message beside its payload. */
const messageHeaderBytes = 1024

/**
 * Publishes every epoch, the oldest first, each in order. When an acknowledgement fails, everything from there on is
 * published again; singly at first, so that a stream that has just come into being does not take later ones before earlier ones.
 *
 * JetStream may lose what it has acknowledged. That shows when it gives out stream sequences that it has given out
 * before, or in what the audit service reports (see `StallWatch`). Then everything that is not confirmed is shipped
 * again; the audit service keeps one of each.
 *
 * In place of an entry that JetStream does not take, because it is too large, its substitutes are shipped
 * (`substitutesOf`): to whoever waits for it the entry counts as acknowledged when they are.
 */
export class Shipping {
  readonly #settings: ShipperSettings
  readonly #send: (message: FromWorker) => void
  readonly #wake: Int32Array
  readonly #lanes = new Map<string, ShipperLane>()
  readonly #cursor: ShipperCursor
  readonly #inFlight = new InFlight<{ lane: ShipperLane; sequence: number; timeMs: number }>()
  /** Lanes that are to go back to what is confirmed. */
  readonly #rewinds = new Set<ShipperLane>()
  /** Lanes that have advanced since that was reported. */
  readonly #advanced = new Set<ShipperLane>()
  #failure: PublishError | undefined
  #failuresInARow = 0
  #reportedFailure: string | undefined
  /** The highest that the stream has given to one of ours. */
  #streamSequence: number
  #bus: Bus | undefined
  #publisher: Publisher | undefined
  #connected = false
  #closed = false
  #draining = false
  #shippedAtMs = 0
  #counters = { shipped: 0, redelivered: 0, duplicates: 0, unshippable: 0, lostEvents: 0 }

  constructor({ settings, epochs, wake }: WorkerInput, send: (message: FromWorker) => void) {
    this.#settings = settings
    this.#send = send
    this.#wake = new Int32Array(wake)
    this.#cursor = new ShipperCursor(settings.directory)
    this.#streamSequence = this.#cursor.streamSequence
    this.setEpochs(epochs)
  }

  setEpochs(epochs: ShippedEpoch[]): void {
    for (const epoch of epochs) {
      const known = this.#lanes.get(epoch.journal)
      if (known) known.update(epoch)
      else this.#addLane(epoch)
    }
    for (const [journal, lane] of this.#lanes) {
      if (epochs.some((epoch) => epoch.journal === journal)) continue
      this.#lanes.delete(journal)
      lane[Symbol.dispose]()
    }
    this.#kick()
  }

  /** Reports `drained` as soon as everything durable is acknowledged. */
  drain(): void {
    this.#draining = true
    this.#kick()
  }

  async run(): Promise<void> {
    const timers = [
      setInterval(() => this.#reportStats(), statsIntervalMs),
      setInterval(() => this.#writeCursor(), cursorIntervalMs),
    ]
    void this.#followProgress()
    while (!this.#closed) {
      try {
        await this.#connect()
        await this.#ship()
      } catch (error) {
        this.#reportFailure('io-error', String(error))
        await sleep(restartDelayMs)
      }
    }
    for (const timer of timers) clearInterval(timer)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#kick()
    this.#publisher?.close()
    this.#writeCursor()
    this.#reportStats()
    await this.#bus?.close()
  }

  async #connect(): Promise<void> {
    while (!this.#bus && !this.#closed) {
      try {
        this.#bus = await connectBus({ url: this.#settings.natsUrl, name: 'shipper' })
      } catch (error) {
        this.#reportFailure('disconnected', (error as Error).message)
        await sleep(restartDelayMs)
      }
    }
    if (!this.#bus || this.#publisher) return
    this.#publisher = createPublisher(this.#bus, { ackTimeoutMs: this.#settings.ackTimeoutMs })
    this.#setConnected(true)
    void this.#followConnection(this.#bus)
  }

  async #followConnection(bus: Bus): Promise<void> {
    for await (const { type } of bus.status()) {
      if (type === 'disconnect') this.#setConnected(false)
      if (type === 'reconnect') this.#setConnected(true)
    }
    this.#setConnected(false)
    this.#publisher?.close()
    this.#publisher = undefined
    this.#bus = undefined
    this.#kick()
  }

  #setConnected(connected: boolean): void {
    if (connected === this.#connected) return
    this.#connected = connected
    if (!this.#closed) this.#report({ kind: connected ? 'connected' : 'disconnected' })
    this.#kick()
  }

  /** Until the connection is gone for good. */
  async #ship(): Promise<void> {
    const publisher = this.#publisher
    while (publisher && publisher === this.#publisher && !this.#closed) {
      const seen = Atomics.load(this.#wake, 0)
      if (this.#isInterrupted) await this.#startOver(publisher)
      const lane = this.#connected ? this.#nextLane() : undefined
      if (lane) await this.#shipChunk(publisher, lane)
      else {
        this.#reportDrained()
        await this.#sleepUntilWoken(seen)
      }
    }
  }

  async #shipChunk(publisher: Publisher, lane: ShipperLane): Promise<void> {
    this.#shippedAtMs = performance.now()
    const records = lane.read()
    const release = releasing(records)
    for (const record of records) {
      if (!publisher.hasRoom) await publisher.room()
      if (this.#isInterrupted || this.#closed) return
      this.#publish(publisher, lane, record, release)
      if (this.#failuresInARow > 0) await publisher.idle()
    }
  }

  /** @param release called when nothing needs the record any more; not where it is to be published again. */
  #publish(publisher: Publisher, lane: ShipperLane, record: JournalRecord, release: () => void): void {
    const { sequence, timeMs, subject, id, event } = record
    const messageId = this.#messageId(lane, record)
    if (sequence <= lane.published) this.#counters.redelivered++
    lane.published = Math.max(lane.published, sequence)
    const done = this.#inFlight.add({ lane, sequence, timeMs }, (item) =>
      this.#passed(item.lane, item.sequence),
    )
    const sent = this.#settings.traced ? traceSend(streams.traffic.name, id, event) : undefined
    const settled = (error: PublishError | undefined) => {
      if (error) {
        this.#failure ??= error
        this.#kick()
        return
      }
      done()
      release()
      if (this.#draining && !this.#inFlight.oldest) this.#kick()
    }
    publisher.publish(this.#subject(subject), messageId, event, (error, ack) => {
      sent?.()
      if (ack) this.#acknowledged(ack)
      if (isUnshippable(error)) this.#publishSubstitutes(publisher, lane, record, error, settled)
      else settled(error)
    })
  }

  /** One after the other: the last has the entry's place, and what it refers to is to be there before it. */
  #publishSubstitutes(
    publisher: Publisher,
    lane: ShipperLane,
    record: JournalRecord,
    { message: reason }: PublishError,
    settled: (error: PublishError | undefined) => void,
  ): void {
    const { journal } = lane
    this.#counters.unshippable++
    this.#report({ kind: 'unshippable', journal, sequence: record.sequence, message: reason })
    const serverBytes = this.#bus?.info?.max_payload ?? maxEventBytes
    const limitBytes = Math.min(maxEventBytes, serverBytes - messageHeaderBytes)
    const publishNext = ([message, ...rest]: Message[]): void => {
      if (!message) settled(undefined)
      else
        publisher.publish(this.#subject(message.subject), message.id, message.event, (error, ack) => {
          if (ack) this.#acknowledged(ack)
          if (error) settled(error)
          else publishNext(rest)
        })
    }
    publishNext(substitutesOf(journal, record, limitBytes, reason))
  }

  /** The NATS user of this ingress may publish there alone, also what an earlier version or another process recorded. */
  #subject(recorded: string): string {
    return subjectOfIngress(recorded, this.#settings.ingress)
  }

  /**
   * JetStream takes no message twice within two minutes, even when it has lost it since. What is shipped again because it
   * is missing has an id of its own; the audit service goes by the id in the event.
   */
  #messageId({ rewinds, published }: ShipperLane, { id, sequence }: JournalRecord): string {
    return rewinds > 0 && sequence <= published ? `${id}-${rewinds}` : id
  }

  #acknowledged({ streamSequence, duplicate }: PublishAck): void {
    this.#counters.shipped++
    this.#failuresInARow = 0
    if (this.#reportedFailure !== undefined)
      this.#report({ kind: 'publish-recovered', reason: this.#reportedFailure })
    this.#reportedFailure = undefined
    if (duplicate) {
      this.#counters.duplicates++
      return
    }
    const isReplaced = streamSequence <= this.#streamSequence
    this.#streamSequence = streamSequence
    if (isReplaced) for (const lane of this.#lanes.values()) this.#rewind(lane, 'store-replaced')
  }

  #passed(lane: ShipperLane, sequence: number): void {
    lane.shipped = Math.max(lane.shipped, sequence)
    if (!this.#settings.acknowledgements) return
    if (this.#advanced.size === 0) setImmediate(() => this.#reportAcked())
    this.#advanced.add(lane)
  }

  get #isInterrupted(): boolean {
    return this.#failure !== undefined || this.#rewinds.size > 0
  }

  /** Waits until nothing is in flight, and goes back to what is not acknowledged, or not confirmed. */
  async #startOver(publisher: Publisher): Promise<void> {
    await publisher.idle()
    this.#inFlight.clear()
    for (const lane of this.#lanes.values()) {
      lane.continueAfter(this.#rewinds.has(lane) ? lane.confirmed : lane.shipped)
    }
    this.#rewinds.clear()
    const failure = this.#failure
    this.#failure = undefined
    if (!failure) return
    this.#failuresInARow++
    if (!this.#connected) return
    this.#reportFailure(failure.reason, failure.message)
    await sleep(Math.min(longestBackoffMs, 50 * 2 ** Math.min(10, this.#failuresInARow)))
  }

  #rewind(lane: ShipperLane, reason: 'store-replaced' | 'missing'): void {
    if (lane.published <= lane.confirmed || this.#rewinds.has(lane)) return
    this.#rewinds.add(lane)
    if (reason === 'missing') lane.rewinds++
    this.#report({ kind: 'rewound', journal: lane.journal, from: lane.confirmed + 1, reason })
    this.#kick()
  }

  #nextLane(): ShipperLane | undefined {
    for (const lane of this.#lanes.values()) if (lane.hasMore) return lane.asked ? lane : undefined
    return undefined
  }

  #addLane(epoch: ShippedEpoch): void {
    const { directory, stallMs } = this.#settings
    const lane = new ShipperLane(directory, epoch, stallMs, (damage) => {
      this.#counters.lostEvents += damage.lostEvents
      this.#report(damage)
    })
    lane.continueAfter(Math.max(lane.confirmed, Math.min(this.#cursor.shipped(epoch.journal), lane.durable)))
    this.#lanes.set(epoch.journal, lane)
  }

  async #followProgress(): Promise<void> {
    while (!this.#closed) {
      for (const lane of [...this.#lanes.values()]) {
        if (this.#connected && this.#bus && !this.#closed) await this.#checkProgress(this.#bus, lane)
      }
      const allAsked = [...this.#lanes.values()].every((lane) => lane.asked)
      await sleep(allAsked ? this.#settings.progressIntervalMs : 20)
    }
  }

  async #checkProgress(bus: Bus, lane: ShipperLane): Promise<void> {
    const value = await findKey(bus, buckets.journalProgress, lane.journal).catch(() => undefined)
    if (!this.#lanes.has(lane.journal)) return
    const progress = journalProgressSchema.safeParse(value).data
    if (progress && progress.committed > lane.confirmed) this.#confirm(lane, progress.committed)
    if (lane.confirmed > 0) this.#send({ kind: 'confirmed', journal: lane.journal, sequence: lane.confirmed })
    if (progress?.purge !== undefined && progress.purge > lane.purge) {
      lane.purge = progress.purge
      this.#report({ kind: 'purge-asked', journal: lane.journal, sequence: lane.purge })
    }
    if (!lane.asked) {
      lane.asked = true
      this.#kick()
    }
    const advice = this.#connected ? lane.adviceOnStall(progress) : undefined
    if (advice === 'rewind') {
      lane.distrust(progress?.committed ?? 0)
      this.#rewind(lane, 'missing')
    } else if (advice === 'probe') this.#probe(lane)
  }

  /** Nobody can have committed what was never written here. */
  #confirm(lane: ShipperLane, committed: number): void {
    const { journal, durable } = lane
    if (committed <= durable) lane.confirm(committed)
    else if (!lane.isDoubted) this.#report({ kind: 'progress-refused', journal, committed, durable })
    lane.isDoubted = committed > durable
  }

  #probe(lane: ShipperLane): void {
    const record = lane.firstUnconfirmed()
    const publisher = this.#publisher
    if (!record || !publisher) return
    this.#counters.redelivered++
    lane.rewinds++
    publisher.publish(
      this.#subject(record.subject),
      this.#messageId(lane, record),
      record.event,
      (error, ack) => {
        if (ack) this.#acknowledged(ack)
        if (isUnshippable(error)) this.#publishSubstitutes(publisher, lane, record, error, () => {})
      },
    )
  }

  /** While entries keep coming it looks for them now and then, which costs less than to be woken for each. */
  async #sleepUntilWoken(seen: number): Promise<void> {
    const { lingerMs } = this.#settings
    if (lingerMs === 0 || performance.now() - this.#shippedAtMs > busyMs) {
      const waiting = Atomics.waitAsync(this.#wake, 0, seen)
      if (waiting.async) await waiting.value
    }
    if (lingerMs > 0) await sleep(lingerMs)
  }

  #kick(): void {
    Atomics.add(this.#wake, 0, 1)
    Atomics.notify(this.#wake, 0)
  }

  #writeCursor(): void {
    this.#cursor.write(this.#streamSequence, this.#lanes.values())
  }

  #report(report: ShipperReport): void {
    this.#send({ kind: 'report', report })
  }

  /** Once, until something was acknowledged or it is another reason. */
  #reportFailure(reason: string, message: string): void {
    if (reason !== this.#reportedFailure) this.#report({ kind: 'publish-failed', reason, message })
    this.#reportedFailure = reason
  }

  #reportAcked(): void {
    for (const { journal, shipped } of this.#advanced) {
      this.#send({ kind: 'acked', journal, sequence: shipped })
    }
    this.#advanced.clear()
  }

  #reportDrained(): void {
    if (!this.#draining || !this.#connected || this.#inFlight.oldest) return
    for (const lane of this.#lanes.values()) if (lane.hasMore) return
    this.#draining = false
    this.#reportStats()
    this.#send({ kind: 'drained' })
  }

  #reportStats(): void {
    const lanes = [...this.#lanes.values()]
    const stats = {
      ...this.#counters,
      connected: this.#connected,
      inFlight: this.#publisher?.inFlight ?? 0,
      oldestUnshippedTimeMs:
        this.#inFlight.oldest?.timeMs ?? lanes.find((lane) => lane.hasMore)?.nextTimeMs(),
      journals: lanes.map((lane) => lane.stats()),
    }
    this.#send({ kind: 'stats', stats })
  }
}

/**
 * Frees the memory that records were read into when the last of them is released. Otherwise it is a reason to mark the whole heap of
 * this thread, again and again: V8 counts it, and what stands in the heap hardly ever is one.
 */
function releasing(records: readonly JournalRecord[]): () => void {
  let left = records.length
  return () => {
    left--
    if (left === 0) for (const { event } of records) freeBytes(event)
  }
}

/** Refused by the client before it was sent, now and for ever. */
function isUnshippable(error: PublishError | undefined): error is PublishError {
  return error?.reason === 'too-large' || error?.reason === 'invalid'
}
