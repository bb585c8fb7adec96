import type { Msg, MsgHdrs } from '@nats-io/nats-core'
import type { QueuedIterator, Status } from '@nats-io/transport-node'
import { type Bus, makeInbox } from './connect.ts'

export type PublishAck = { stream: string; streamSequence: number; duplicate: boolean }

/**
 * - `no-stream`: no stream takes the subject
 * - `refused`: JetStream responded with an error
 * - `timeout`, `disconnected`, `closed`: it may have been stored or not
 * - `too-large`, `invalid`: was not sent, and never can be
 */
export type PublishFailure =
  | 'no-stream'
  | 'refused'
  | 'timeout'
  | 'disconnected'
  | 'closed'
  | 'too-large'
  | 'invalid'

export class PublishError extends Error {
  readonly reason: PublishFailure

  constructor(reason: PublishFailure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PublishError'
    this.reason = reason
  }
}

export type Settle = (error: PublishError | undefined, ack: PublishAck | undefined) => void

export type Publisher = {
  /** Publishes with the event id as message id. `settle` is called exactly once, never from within this call. */
  publish(subject: string, id: string, payload: Uint8Array, settle: Settle): void
  /** Messages whose acknowledgement is awaited. */
  readonly inFlight: number
  /** Whether the window has room for one more message. */
  readonly hasRoom: boolean
  /** Resolves when the window has room. */
  room(): Promise<void>
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>
  /** Fails what is in flight with `closed`, and listens no more. */
  close(): void
}

export type PublisherOptions = {
  /** Messages and bytes that may be in flight at once. */
  windowMessages?: number
  windowBytes?: number
  ackTimeoutMs?: number
}

/** A place for a message on its way; without `settle` it is free. */
type Slot = {
  readonly at: number
  token: number
  settle: Settle | undefined
  bytes: number
  deadlineMs: number
  subject: string
}

/**
 * Publishes to JetStream in bulk: all acknowledgements come to one wildcard inbox, and one timer watches over them.
 * Messages go out in the order of the calls. What a lost connection leaves unacknowledged fails at once.
 *
 * Slots are used again and again: the tables that a `Map` outgrows keep what was in them alive until the whole heap is
 * marked, which then happens every few seconds.
 */
export function createPublisher(bus: Bus, options: PublisherOptions = {}): Publisher {
  const { windowMessages = 512, windowBytes = 4 * 1024 * 1024, ackTimeoutMs = 5000 } = options
  const inbox = makeInbox(bus)
  const slots: Slot[] = []
  const free: Slot[] = []
  let inFlight = 0
  let tokens = 0
  let bytesInFlight = 0
  let waitingForRoom: (() => void)[] = []
  let waitingForIdle: (() => void)[] = []

  const hasRoom = () => inFlight < windowMessages && bytesInFlight < windowBytes

  const addSlot = (): Slot => {
    const slot = { at: slots.length, token: 0, settle: undefined, bytes: 0, deadlineMs: 0, subject: '' }
    slots.push(slot)
    return slot
  }

  const settle = (slot: Slot, error: PublishError | undefined, ack: PublishAck | undefined) => {
    const done = slot.settle
    if (!done) return
    slot.settle = undefined
    free.push(slot)
    inFlight--
    bytesInFlight -= slot.bytes
    done(error, ack)
    if (waitingForRoom.length > 0 && hasRoom()) {
      const waiting = waitingForRoom
      waitingForRoom = []
      for (const resolve of waiting) resolve()
    }
    if (waitingForIdle.length > 0 && inFlight === 0) {
      const waiting = waitingForIdle
      waitingForIdle = []
      for (const resolve of waiting) resolve()
    }
  }

  const failAll = (reason: PublishFailure, message: string) => {
    for (const slot of slots.filter(isTaken)) settle(slot, new PublishError(reason, message), undefined)
  }

  const subscription = bus.subscribe(`${inbox}.*`, {
    callback: (error, message) => {
      if (error) return
      const [at, token] = message.subject
        .slice(inbox.length + 1)
        .split('-')
        .map((part) => Number.parseInt(part, 36)) as [number, number]
      const slot = slots[at]
      if (slot?.token !== token) return
      const acknowledgement = parseAcknowledgement(message, slot.subject)
      if (acknowledgement instanceof PublishError) settle(slot, acknowledgement, undefined)
      else settle(slot, undefined, acknowledgement)
    },
  })

  const statuses = bus.status() as QueuedIterator<Status>
  void (async () => {
    for await (const { type } of statuses) {
      if (type === 'disconnect' || type === 'close') {
        failAll('disconnected', 'The connection to NATS was lost before the acknowledgement')
      }
    }
  })()

  const timer = setInterval(
    () => {
      const now = performance.now()
      for (const slot of slots.filter((each) => isTaken(each) && each.deadlineMs <= now)) {
        const message = `JetStream did not acknowledge ${slot.subject} within ${ackTimeoutMs} ms`
        settle(slot, new PublishError('timeout', message), undefined)
      }
    },
    Math.max(10, Math.min(250, ackTimeoutMs / 4)),
  ).unref()

  return {
    publish(subject, id, payload, done) {
      const token = ++tokens
      const slot = free.pop() ?? addSlot()
      slot.token = token
      slot.settle = done
      slot.bytes = payload.length
      slot.deadlineMs = performance.now() + ackTimeoutMs
      slot.subject = subject
      inFlight++
      bytesInFlight += payload.length
      try {
        const reply = `${inbox}.${slot.at.toString(36)}-${token.toString(36)}`
        bus.publish(subject, payload, { headers: messageId(id), reply })
      } catch (error) {
        const failure = new PublishError(reasonOf(error), `${subject} cannot be published: ${error}`, {
          cause: error,
        })
        queueMicrotask(() => slot.token === token && settle(slot, failure, undefined))
      }
    },
    get inFlight() {
      return inFlight
    },
    get hasRoom() {
      return hasRoom()
    },
    async room() {
      while (!hasRoom()) await new Promise<void>((resolve) => waitingForRoom.push(resolve))
    },
    async idle() {
      while (inFlight > 0) await new Promise<void>((resolve) => waitingForIdle.push(resolve))
    },
    close() {
      clearInterval(timer)
      statuses.stop()
      subscription.unsubscribe()
      failAll('closed', 'The publisher was closed before the acknowledgement')
    },
  }
}

function isTaken({ settle }: Slot): boolean {
  return settle !== undefined
}

/** The connection asks headers for their bytes only; the client's own `headers()` cost as much as all else to publish. */
function messageId(id: string): MsgHdrs {
  if (/[\r\n]/.test(id)) throw new Error('a message id is one line')
  return { encode: () => Buffer.from(`NATS/1.0\r\nNats-Msg-Id: ${id}\r\n\r\n`) } as unknown as MsgHdrs
}

function reasonOf(error: unknown): PublishFailure {
  const { name, message } = error as Error
  if (message.includes('max_payload')) return 'too-large'
  return name === 'ClosedConnectionError' || name === 'DrainingConnectionError' ? 'closed' : 'invalid'
}

/** The response to a publish. No stream on the subject: an empty message with status 503, which is no acknowledgement. */
function parseAcknowledgement(message: Msg, subject: string): PublishAck | PublishError {
  if (message.data.length === 0) {
    const status = message.headers?.code
    return status === 503
      ? new PublishError('no-stream', `No stream takes ${subject}; create the streams`)
      : new PublishError('refused', `JetStream responded to ${subject} with status ${status}`)
  }
  try {
    const acknowledgement = message.json<{
      stream?: string
      seq?: number
      duplicate?: boolean
      error?: { code: number; description: string }
    }>()
    if (acknowledgement.error) {
      const { code, description } = acknowledgement.error
      return new PublishError('refused', `JetStream refused ${subject}: ${description} (${code})`)
    }
    if (acknowledgement.stream === undefined || !acknowledgement.seq)
      throw new Error('no stream and sequence')
    return {
      stream: acknowledgement.stream,
      streamSequence: acknowledgement.seq,
      duplicate: acknowledgement.duplicate === true,
    }
  } catch (error) {
    return new PublishError('refused', `JetStream's response to ${subject} is unintelligible: ${error}`)
  }
}
