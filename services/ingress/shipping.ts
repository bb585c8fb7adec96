import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Bus,
  connectBus,
  createPublisher,
  findKey,
  type PublishAck,
  type PublishError,
  type Publisher,
} from '@airs-cp/bus'
import { buckets } from '@airs-cp/events'
import type { DamageReport, JournalRecord } from '@airs-cp/journal'
import { z } from 'zod'
import { confirmedUpTo, progressSchema } from './journal-progress.ts'
import { ShipperLane } from './shipper-lane.ts'
import type {
  FromWorker,
  ShippedEpoch,
  ShipperReport,
  ShipperSettings,
  WorkerInput,
} from './shipper-messages.ts'

type InFlight = { lane: ShipperLane; sequence: number; timeMs: number; acked: boolean }

const statsIntervalMs = 500
const cursorIntervalMs = 2000
const longestPatienceMs = 15 * 60_000
const longestBackoffMs = 2000
const restartDelayMs = 1000

/**
 * Publishes every epoch, the oldest first, each in order.
 *
 * When an acknowledgement fails, everything from there on is published again. When JetStream has acknowledged but the
 * audit service does not report a commit, the store may have lost it:
 *
 * | sign                                                         | reaction                                      |
 * |--------------------------------------------------------------|-----------------------------------------------|
 * | an acknowledged stream sequence that is not above the last   | the store was replaced: all from `confirmed`  |
 * | the audit service has seen later ones (`seen` > `committed`) | after `stallMs`: all from `confirmed`         |
 * | nothing moves                                                | after `stallMs`: one message, as a probe that shows the first sign; every third time all from `confirmed` |
 *
 * Each attempt that did not help doubles the time until the next.
 */
export class Shipping {
  readonly #settings: ShipperSettings
  readonly #send: (message: FromWorker) => void
  readonly #wake: Int32Array
  readonly #lanes = new Map<string, ShipperLane>()
  readonly #cursor: Record<string, number>
  #writtenCursor: string | undefined
  #inFlight: InFlight[] = []
  #inFlightHead = 0
  #failure: PublishError | undefined
  #failuresInARow = 0
  #reportedFailure: string | undefined
  readonly #rewinds = new Set<ShipperLane>()
  #highestStreamSequence = 0
  #bus: Bus | undefined
  #publisher: Publisher | undefined
  #connected = false
  #closed = false
  #draining = false
  readonly #ackedSinceTold = new Set<ShipperLane>()
  #counters = { shipped: 0, redelivered: 0, duplicates: 0, unshippable: 0, lostEvents: 0 }

  constructor({ settings, epochs, wake }: WorkerInput, send: (message: FromWorker) => void) {
    this.#settings = settings
    this.#send = send
    this.#wake = new Int32Array(wake)
    this.#cursor = this.#readCursor()
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

  /** Tells `drained` as soon as everything durable is acknowledged. */
  drain(): void {
    this.#draining = true
    this.#kick()
  }

  async run(): Promise<void> {
    const timers = [
      setInterval(() => this.#tellStats(), statsIntervalMs),
      setInterval(() => this.#writeCursor(), cursorIntervalMs),
    ]
    void this.#followProgress()
    while (!this.#closed) {
      try {
        await this.#connect()
        await this.#ship()
      } catch (error) {
        this.#report({ kind: 'publish-failed', reason: 'io-error', message: String(error) })
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
    this.#tellStats()
    await this.#bus?.close()
  }

  async #connect(): Promise<void> {
    while (!this.#bus && !this.#closed) {
      try {
        this.#bus = await connectBus({ url: this.#settings.natsUrl, name: 'shipper' })
      } catch (error) {
        this.#report({ kind: 'publish-failed', reason: 'disconnected', message: (error as Error).message })
      }
    }
    const bus = this.#bus
    if (!bus || this.#publisher) return
    this.#publisher = createPublisher(bus, { ackTimeoutMs: this.#settings.ackTimeoutMs })
    this.#setConnected(true)
    void this.#followConnection(bus)
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
    this.#report({ kind: connected ? 'connected' : 'disconnected' })
    this.#kick()
  }

  async #ship(): Promise<void> {
    const publisher = this.#publisher
    while (publisher && publisher === this.#publisher && !this.#closed) {
      const seen = Atomics.load(this.#wake, 0)
      if (this.#isInterrupted) await this.#startOver(publisher)
      const lane = this.#connected ? this.#nextLane() : undefined
      if (!lane) {
        this.#tellDrained()
        await this.#sleepUntilWoken(seen)
        continue
      }
      for (const record of lane.read()) {
        if (!publisher.hasRoom) await publisher.room()
        if (this.#isInterrupted || this.#closed) break
        this.#publish(publisher, lane, record)
      }
    }
  }

  get #isInterrupted(): boolean {
    return this.#failure !== undefined || this.#rewinds.size > 0
  }

  /** Waits until nothing is in flight, and goes back to what is not acknowledged, or not confirmed. */
  async #startOver(publisher: Publisher): Promise<void> {
    await publisher.idle()
    this.#inFlight = []
    this.#inFlightHead = 0
    for (const lane of this.#lanes.values()) {
      lane.continueAfter(this.#rewinds.has(lane) ? lane.confirmed : lane.shipped)
    }
    this.#rewinds.clear()
    const failure = this.#failure
    this.#failure = undefined
    if (!failure || !this.#connected) return
    const { reason, message } = failure
    if (reason !== this.#reportedFailure) this.#report({ kind: 'publish-failed', reason, message })
    this.#reportedFailure = reason
    await sleep(Math.min(longestBackoffMs, 50 * 2 ** Math.min(10, this.#failuresInARow++)))
  }

  #nextLane(): ShipperLane | undefined {
    for (const lane of this.#lanes.values()) if (lane.hasMore) return lane.asked ? lane : undefined
    return undefined
  }

  async #sleepUntilWoken(seen: number): Promise<void> {
    const waiting = Atomics.waitAsync(this.#wake, 0, seen, 1000)
    if (!waiting.async) return
    await waiting.value
    if (this.#settings.lingerMs > 0) await sleep(this.#settings.lingerMs)
  }

  #publish(
    publisher: Publisher,
    lane: ShipperLane,
    { sequence, timeMs, subject, id, event }: JournalRecord,
  ): void {
    const entry: InFlight = { lane, sequence, timeMs, acked: false }
    if (sequence <= lane.published) this.#counters.redelivered++
    lane.published = Math.max(lane.published, sequence)
    this.#inFlight.push(entry)
    publisher.publish(subject, id, event, (error, ack) => {
      if (ack) this.#acknowledged(ack)
      else if (error && (error.reason === 'too-large' || error.reason === 'invalid')) {
        this.#counters.unshippable++
        this.#report({ kind: 'unshippable', journal: lane.journal, sequence, message: error.message })
      } else {
        this.#failure ??= error
        this.#kick()
        return
      }
      entry.acked = true
      this.#advance()
    })
  }

  #acknowledged({ streamSequence, duplicate }: PublishAck): void {
    this.#counters.shipped++
    if (duplicate) this.#counters.duplicates++
    else if (streamSequence > this.#highestStreamSequence) this.#highestStreamSequence = streamSequence
    else {
      this.#highestStreamSequence = streamSequence
      for (const lane of this.#lanes.values()) this.#rewind(lane, 'store-replaced')
    }
  }

  #advance(): void {
    while (this.#inFlightHead < this.#inFlight.length) {
      const { lane, sequence, acked } = this.#inFlight[this.#inFlightHead]!
      if (!acked) break
      this.#inFlightHead++
      if (sequence > lane.shipped) lane.shipped = sequence
      this.#failuresInARow = 0
      if (this.#settings.acknowledgements) this.#tellAcked(lane)
    }
    if (this.#inFlightHead === this.#inFlight.length) {
      this.#inFlight = []
      this.#inFlightHead = 0
      if (this.#draining) this.#kick()
    } else if (this.#inFlightHead >= 4096) {
      this.#inFlight = this.#inFlight.slice(this.#inFlightHead)
      this.#inFlightHead = 0
    }
  }

  #rewind(lane: ShipperLane, reason: 'store-replaced' | 'missing' | 'stalled'): void {
    if (lane.published <= lane.confirmed || this.#rewinds.has(lane)) return
    this.#rewinds.add(lane)
    this.#report({ kind: 'rewound', journal: lane.journal, from: lane.confirmed + 1, reason })
    this.#kick()
  }

  async #followProgress(): Promise<void> {
    while (!this.#closed) {
      for (const lane of [...this.#lanes.values()]) {
        if (!this.#connected || this.#closed) break
        await this.#checkProgress(lane)
      }
      const allAsked = this.#connected && [...this.#lanes.values()].every((lane) => lane.asked)
      await sleep(allAsked ? this.#settings.progressIntervalMs : 20)
    }
  }

  async #checkProgress(lane: ShipperLane): Promise<void> {
    const value = await findKey(this.#bus!, buckets.journalProgress, lane.journal).catch(() => undefined)
    if (!this.#lanes.has(lane.journal)) return
    const progress = progressSchema.safeParse(value).data
    const confirmed = progress ? confirmedUpTo(progress, lane.lost) : 0
    if (confirmed > lane.confirmed) {
      lane.confirm(confirmed)
      lane.stalledSinceMs = undefined
    }
    if (lane.confirmed > 0) this.#send({ kind: 'confirmed', journal: lane.journal, sequence: lane.confirmed })
    if (!lane.asked) {
      lane.asked = true
      this.#kick()
    }
    this.#healStall(lane, progress !== undefined && progress.seen > lane.confirmed)
  }

  #healStall(lane: ShipperLane, laterOnesSeen: boolean): void {
    const now = Date.now()
    if (lane.shipped <= lane.confirmed || !this.#connected || lane.isLost(lane.confirmed + 1)) {
      lane.stalledSinceMs = undefined
      return
    }
    if (lane.stalledSinceMs === undefined) {
      lane.stalledSinceMs = now
      lane.patienceMs = this.#settings.stallMs
      lane.healings = 0
    }
    if (now - lane.stalledSinceMs < lane.patienceMs) return
    lane.stalledSinceMs = now
    lane.patienceMs = Math.min(lane.patienceMs * 2, longestPatienceMs)
    lane.healings++
    if (laterOnesSeen) this.#rewind(lane, 'missing')
    else if (lane.healings % 3 === 0) this.#rewind(lane, 'stalled')
    else this.#probe(lane)
  }

  #probe(lane: ShipperLane): void {
    const record = lane.firstUnconfirmed()
    if (!record) return
    this.#counters.redelivered++
    this.#publisher?.publish(record.subject, record.id, record.event, (_, ack) => {
      if (ack) this.#acknowledged(ack)
    })
  }

  #addLane(epoch: ShippedEpoch): void {
    const lane = new ShipperLane(this.#settings.directory, epoch, (damage) => this.#reportDamage(damage))
    lane.continueAfter(Math.min(this.#cursor[epoch.journal] ?? 0, lane.durable))
    this.#lanes.set(epoch.journal, lane)
  }

  #reportDamage(damage: DamageReport): void {
    this.#counters.lostEvents += damage.lostEvents
    this.#report(damage)
  }

  #report(report: ShipperReport): void {
    this.#send({ kind: 'report', report })
  }

  #kick(): void {
    Atomics.add(this.#wake, 0, 1)
    Atomics.notify(this.#wake, 0)
  }

  #tellAcked(lane: ShipperLane): void {
    if (this.#ackedSinceTold.size === 0) {
      setImmediate(() => {
        for (const { journal, shipped } of this.#ackedSinceTold) {
          this.#send({ kind: 'acked', journal, sequence: shipped })
        }
        this.#ackedSinceTold.clear()
      })
    }
    this.#ackedSinceTold.add(lane)
  }

  #tellDrained(): void {
    if (!this.#draining || !this.#connected || this.#inFlight.length > 0) return
    for (const lane of this.#lanes.values()) if (lane.hasMore) return
    this.#draining = false
    this.#tellStats()
    this.#send({ kind: 'drained' })
  }

  #tellStats(): void {
    this.#send({
      kind: 'stats',
      stats: {
        connected: this.#connected,
        ...this.#counters,
        inFlight: this.#publisher?.inFlight ?? 0,
        oldestUnshippedTimeMs: this.#inFlight[this.#inFlightHead]?.timeMs ?? this.#nextTimeMs(),
        journals: [...this.#lanes.values()].map((lane) => lane.stats()),
      },
    })
  }

  #nextTimeMs(): number | undefined {
    for (const lane of this.#lanes.values()) if (lane.hasMore) return lane.nextTimeMs()
    return undefined
  }

  #readCursor(): Record<string, number> {
    try {
      return z.record(z.string(), z.number()).parse(JSON.parse(readFileSync(this.#cursorFile, 'utf8')))
    } catch {
      return {}
    }
  }

  /** A hint that spares a restart from shipping again what JetStream has; nothing depends on it. */
  #writeCursor(): void {
    const cursor: Record<string, number> = {}
    for (const { journal, shipped } of this.#lanes.values()) if (shipped > 0) cursor[journal] = shipped
    const json = JSON.stringify(cursor)
    if (json === this.#writtenCursor) return
    try {
      writeFileSync(`${this.#cursorFile}.new`, json, { mode: 0o600 })
      renameSync(`${this.#cursorFile}.new`, this.#cursorFile)
      this.#writtenCursor = json
    } catch {
      this.#writtenCursor = undefined
    }
  }

  get #cursorFile(): string {
    return join(this.#settings.directory, 'shipped.json')
  }
}
