import { type Msg, nanos } from '@nats-io/nats-core'
import type { QueuedIterator, Status } from '@nats-io/transport-node'
import { type Bus, makeInbox } from './connect.ts'

/** A message of a stream as a durable consumer got it. */
export type PulledMessage = {
  subject: string
  data: Uint8Array
  /** The id that it was published with. */
  id: string | undefined
  streamSequence: number
  /** 1 for the first time. */
  deliveries: number
  publishedAtMs: number
  /** Messages that the consumer has not been sent yet. */
  pending: number
  ack(): void
  /** Asks for more time to acknowledge it. */
  working(): void
}

export type Room = { messages: number; bytes: number }

export type Pull = Disposable & {
  /** Asks for more, when there is room and nothing is asked for. */
  ask(): void
  /** Resolves when it has ended: with the reason, or with nothing when it was stopped. */
  ended: Promise<Error | undefined>
}

const expiresMs = 30_000
const heartbeatMs = 1_000
/** So many heartbeats that did not come mean that the leader is gone: it does not say so. */
const missedHeartbeats = 3
const encoder = new TextEncoder()
const [acknowledged, inProgress] = [encoder.encode('+ACK'), encoder.encode('+WPI')]

/**
 * Pulls from a durable consumer, one request at a time, and never more than there is room for: what was delivered and is
 * not applied stays within bounds, however large the messages are and however slow who applies them.
 *
 * | what happens                                        | then                                 |
 * |-----------------------------------------------------|--------------------------------------|
 * | all that was asked for has come, or no more fits    | asks for more when there is room     |
 * | nothing comes before the request expires            | asks again                           |
 * | the consumer or its stream is gone, or has another leader; the connection breaks; no heartbeat comes | it ends |
 *
 * @param room what may be asked for now; nothing while that is less than the largest message.
 */
export function startPull(
  bus: Bus,
  {
    stream,
    durable,
    room,
    onMessage,
  }: {
    stream: string
    durable: string
    room: () => Room | undefined
    onMessage: (message: PulledMessage) => void
  },
): Pull {
  const inbox = makeInbox(bus)
  const { promise: ended, resolve } = Promise.withResolvers<Error | undefined>()
  /** Of the request under way; 0 while there is none. */
  let messagesLeft = 0
  let requests = 0
  /** Heartbeats that were due since something came. Of the time in which this process did not run, one at most counts. */
  let missed = 0
  let isOver = false

  const subscription = bus.subscribe(`${inbox}.*`, {
    callback(error, message) {
      if (error) return stop(error)
      missed = 0
      if (!message.subject.startsWith(inbox)) {
        messagesLeft--
        onMessage(readMessage(message))
        ask()
      } else if (message.subject === `${inbox}.${requests}`) followStatus(message)
    },
  })

  function followStatus({ headers }: Msg): void {
    const [code, description] = [headers?.code ?? 0, headers?.description ?? '']
    if (code === 100) return
    const isSpent = code === 404 || code === 408 || /exceeds maxbytes|batch completed/i.test(description)
    if (isSpent) {
      messagesLeft = 0
      ask()
    } else stop(new Error(`JetStream ended the delivery of ${durable}: ${code} ${description}`))
  }

  function ask(): void {
    if (isOver || messagesLeft > 0) return
    const wanted = room()
    if (!wanted) return
    messagesLeft = wanted.messages
    requests++
    missed = 0
    const request = {
      batch: wanted.messages,
      max_bytes: wanted.bytes,
      expires: nanos(expiresMs),
      idle_heartbeat: nanos(heartbeatMs),
    }
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`
    bus.publish(subject, JSON.stringify(request), { reply: `${inbox}.${requests}` })
  }

  const watch = setInterval(() => {
    if (messagesLeft > 0 && ++missed > missedHeartbeats)
      stop(new Error(`JetStream is silent about ${durable}`))
  }, heartbeatMs)
  const statuses = bus.status() as QueuedIterator<Status>
  void (async () => {
    for await (const { type } of statuses)
      if (type === 'disconnect' || type === 'close') stop(new Error('The connection to NATS is lost'))
  })()

  function stop(reason?: Error): void {
    if (isOver) return
    isOver = true
    clearInterval(watch)
    statuses.stop()
    if (!bus.isClosed()) subscription.unsubscribe()
    resolve(reason)
  }

  ask()
  return { ask, ended, [Symbol.dispose]: () => stop() }
}

/** `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<time>.<pending>`, or with domain and account before the stream. */
function readMessage(message: Msg): PulledMessage {
  const tokens = (message.reply ?? '').split('.')
  const [deliveries, streamSequence, , nanoseconds, pending] = tokens
    .slice(tokens.length > 9 ? 6 : 4)
    .map(Number) as [number, number, number, number, number]
  return {
    subject: message.subject,
    data: message.data,
    id: message.headers?.get('Nats-Msg-Id') || undefined,
    streamSequence,
    deliveries,
    publishedAtMs: Math.floor(nanoseconds / 1_000_000),
    pending,
    ack: () => void message.respond(acknowledged),
    working: () => void message.respond(inProgress),
  }
}
