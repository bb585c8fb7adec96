import { matches } from './nats-protocol.ts'
import type { Random } from './random.ts'

export type StoredMessage = {
  sequence: number
  subject: string
  headers: Buffer | undefined
  payload: Buffer
  atMs: number
}

export type StreamConfig = {
  name: string
  subjects?: string[]
  max_bytes?: number
  max_msgs_per_subject?: number
  duplicate_window?: number
  [other: string]: unknown
}

export type ConsumerConfig = {
  durable_name: string
  filter_subject?: string
  ack_wait?: number
  max_ack_pending?: number
  opt_start_seq?: number
  [other: string]: unknown
}

type Pending = { deliveries: number; deadlineMs: number; consumerSequence: number }

/** A durable pull consumer with explicit acknowledgements. */
export class Consumer {
  config: ConsumerConfig
  /** Sequence of the message that is delivered next for the first time. */
  next: number
  consumerSequence = 0
  readonly pending = new Map<number, Pending>()

  constructor(config: ConsumerConfig) {
    this.config = config
    this.next = config.opt_start_seq ?? 1
  }

  get ackWaitMs(): number {
    return (this.config.ack_wait ?? 30e9) / 1e6
  }

  get floor(): number {
    return this.pending.size > 0 ? Math.min(...this.pending.keys()) - 1 : this.next - 1
  }
}

/** A stream as JetStream keeps it: acknowledged messages are written, and not all of them are on the platter. */
export class Stream {
  config: StreamConfig
  readonly created: string
  messages: StoredMessage[] = []
  lastSequence = 0
  readonly consumers = new Map<string, Consumer>()
  /** When a message id was seen. */
  readonly ids = new Map<string, { atMs: number; sequence: number }>()

  constructor(config: StreamConfig, created: string) {
    this.config = config
    this.created = created
  }

  get firstSequence(): number {
    return this.messages[0]?.sequence ?? this.lastSequence + 1
  }

  get bytes(): number {
    return this.messages.reduce((sum, { payload }) => sum + payload.length, 0)
  }

  takes(subject: string): boolean {
    return (this.config.subjects ?? []).some((pattern) => matches(pattern, subject))
  }

  add(
    subject: string,
    headers: Buffer | undefined,
    payload: Buffer,
    id: string | undefined,
    nowMs: number,
  ): { sequence: number; isDuplicate: boolean } {
    const windowMs = (this.config.duplicate_window ?? 120e9) / 1e6
    const seen = id === undefined ? undefined : this.ids.get(id)
    if (seen && nowMs - seen.atMs < windowMs) return { sequence: seen.sequence, isDuplicate: true }
    const sequence = ++this.lastSequence
    if (id !== undefined) this.ids.set(id, { atMs: nowMs, sequence })
    this.messages.push({ sequence, subject, headers, payload, atMs: nowMs })
    const { max_msgs_per_subject: perSubject } = this.config
    if (perSubject && perSubject > 0) {
      const older = this.messages.filter((message) => message.subject === subject).slice(0, -perSubject)
      this.messages = this.messages.filter((message) => !older.includes(message))
    }
    return { sequence, isDuplicate: false }
  }

  lastOf(subject: string): StoredMessage | undefined {
    return this.messages.findLast((message) => message.subject === subject)
  }

  find(sequence: number): StoredMessage | undefined {
    return this.messages.find((message) => message.sequence === sequence)
  }

  /** The oldest go, as in a stream that is full. */
  discard(count: number): void {
    this.messages.splice(0, count)
  }

  /** The server lost power: what it had not synced is gone, of messages and of what consumers know. */
  losePower(random: Random): void {
    const lost = random.chance(0.7) ? random.integer(0, Math.min(200, this.messages.length)) : 0
    const gone = this.messages.splice(this.messages.length - lost)
    if (gone.length > 0) {
      this.lastSequence = gone[0]!.sequence - 1
      // Duplicates are known from what is in the stream.
      for (const [id, { sequence }] of this.ids) if (sequence > this.lastSequence) this.ids.delete(id)
    }
    for (const consumer of this.consumers.values()) {
      consumer.next = Math.min(consumer.next, this.lastSequence + 1)
      if (random.chance(0.5))
        consumer.next = random.integer(Math.min(consumer.next, consumer.floor + 1), consumer.next)
      for (const sequence of [...consumer.pending.keys()])
        if (sequence >= consumer.next) consumer.pending.delete(sequence)
    }
  }
}
