import type { Msg, MsgHdrs } from '@nats-io/nats-core'
import type { QueuedIterator, Status } from '@nats-io/transport-node'
import { type Bus, makeInbox } from './connect.ts'

export type PublishAck = { stream: string; streamSequence: number; duplicate: boolean }

/**
 * - `no-stream`: no stream takes the subject
 * - `refused`: JetStream answered with an error
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

type Pending = { settle: Settle; bytes: number; deadlineMs: number; subject: string }

/**
 * Publishes to JetStream in bulk: all acknowledgements come to one wildcard inbox, and one timer watches over them.
 * Messages go out in the order of the calls. What a lost connection leaves unacknowledged fails at once.
 */
export function createPublisher(bus: Bus, options: PublisherOptions = {}): Publisher {
  const { windowMessages = 512, windowBytes = 4 * 1024 * 1024, ackTimeoutMs = 5000 } = options
  const inbox = makeInbox(bus)
  const pending = new Map<number, Pending>()
  let token = 0
  let bytesInFlight = 0
  let waitingForRoom: (() => void)[] = []
  let waitingForIdle: (() => void)[] = []

  const hasRoom = () => pending.size < windowMessages && bytesInFlight < windowBytes

  const settle = (key: number, error: PublishError | undefined, ack: PublishAck | undefined) => {
    const entry = pending.get(key)
    if (!entry) return
    pending.delete(key)
    bytesInFlight -= entry.bytes
    entry.settle(error, ack)
    if (waitingForRoom.length > 0 && hasRoom()) {
      const waiting = waitingForRoom
      waitingForRoom = []
      for (const resolve of waiting) resolve()
    }
    if (waitingForIdle.length > 0 && pending.size === 0) {
      const waiting = waitingForIdle
      waitingForIdle = []
      for (const resolve of waiting) resolve()
    }
  }

  const failAll = (reason: PublishFailure, message: string) => {
    for (const key of [...pending.keys()]) settle(key, new PublishError(reason, message), undefined)
  }

  const subscription = bus.subscribe(`${inbox}.*`, {
    callback: (error, message) => {
      if (error) return
      const key = Number.parseInt(message.subject.slice(inbox.length + 1), 36)
      const entry = pending.get(key)
      if (!entry) return
      const answer = parseAnswer(message, entry.subject)
      if (answer instanceof PublishError) settle(key, answer, undefined)
      else settle(key, undefined, answer)
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
      const now = Date.now()
      for (const [key, { deadlineMs, subject }] of pending) {
        if (deadlineMs > now) return
        const message = `JetStream did not acknowledge ${subject} within ${ackTimeoutMs} ms`
        settle(key, new PublishError('timeout', message), undefined)
      }
    },
    Math.max(10, Math.min(250, ackTimeoutMs / 4)),
  ).unref()

  return {
    publish(subject, id, payload, done) {
      const key = ++token
      const entry = { settle: done, bytes: payload.length, deadlineMs: Date.now() + ackTimeoutMs, subject }
      pending.set(key, entry)
      bytesInFlight += payload.length
      try {
        bus.publish(subject, payload, { headers: messageId(id), reply: `${inbox}.${key.toString(36)}` })
      } catch (error) {
        const failure = new PublishError(reasonOf(error), `${subject} cannot be published: ${error}`, {
          cause: error,
        })
        queueMicrotask(() => settle(key, failure, undefined))
      }
    },
    get inFlight() {
      return pending.size
    },
    get hasRoom() {
      return hasRoom()
    },
    async room() {
      while (!hasRoom()) await new Promise<void>((resolve) => waitingForRoom.push(resolve))
    },
    async idle() {
      while (pending.size > 0) await new Promise<void>((resolve) => waitingForIdle.push(resolve))
    },
    close() {
      clearInterval(timer)
      statuses.stop()
      subscription.unsubscribe()
      failAll('closed', 'The publisher was closed before the acknowledgement')
    },
  }
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

/** The answer to a publish. No stream on the subject: an empty message with status 503, which is no acknowledgement. */
function parseAnswer(message: Msg, subject: string): PublishAck | PublishError {
  if (message.data.length === 0) {
    const status = message.headers?.code
    return status === 503
      ? new PublishError('no-stream', `No stream takes ${subject}; create the streams`)
      : new PublishError('refused', `JetStream answered ${subject} with status ${status}`)
  }
  try {
    const answer = message.json<{
      stream?: string
      seq?: number
      duplicate?: boolean
      error?: { code: number; description: string }
    }>()
    if (answer.error) {
      const { code, description } = answer.error
      return new PublishError('refused', `JetStream refused ${subject}: ${description} (${code})`)
    }
    if (answer.stream === undefined || !answer.seq) throw new Error('no stream and sequence')
    return { stream: answer.stream, streamSequence: answer.seq, duplicate: answer.duplicate === true }
  } catch (error) {
    return new PublishError('refused', `JetStream answered ${subject} unintelligibly: ${error}`)
  }
}
