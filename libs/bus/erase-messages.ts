import type { StreamDefinition } from '@airs-cp/events'
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { Bus } from './connect.ts'

const pageMessages = 1_000
const silenceMs = 2_000

export type ErasedMessages = {
  erased: number
  /** Consumers that have not taken all of them yet: what those still need is left until another time. */
  waitsFor: string[]
}

/**
 * Overwrites messages of a stream, and removes them. Every consumer takes a message before that.
 * @param consumer name of the consumer that finds them; it goes by itself.
 * @param filters subjects that are looked at, one after the other.
 * @param since messages that were published before are not looked at.
 * @param select of the ids that messages were published with, those to erase.
 */
export async function eraseMessages(
  bus: Bus,
  {
    stream,
    consumer,
    filters,
    since,
    select,
  }: {
    stream: StreamDefinition
    consumer: string
    filters: readonly string[]
    since: Date
    select: (ids: string[]) => Promise<Set<string>>
  },
): Promise<ErasedMessages> {
  const manager = await jetstreamManager(bus)
  const waitsFor = new Set<string>()
  let erased = 0
  for (const filter of filters) {
    const taken = await consumersOf(manager, stream.name, consumer)
    for await (const page of headersOf(bus, stream.name, consumer, filter, since)) {
      const wanted = await select(page.map(({ id }) => id))
      for (const { id, sequence } of page) {
        if (!wanted.has(id)) continue
        const behind = taken.filter(({ upTo }) => upTo < sequence)
        for (const { name } of behind) waitsFor.add(name)
        if (behind.length > 0) continue
        await manager.streams.deleteMessage(stream.name, sequence, true)
        erased++
      }
    }
  }
  return { erased, waitsFor: [...waitsFor] }
}

async function consumersOf(
  manager: Awaited<ReturnType<typeof jetstreamManager>>,
  stream: string,
  own: string,
): Promise<{ name: string; upTo: number }[]> {
  const consumers: { name: string; upTo: number }[] = []
  for await (const { name, config, ack_floor } of manager.consumers.list(stream))
    if (name !== own && config.durable_name) consumers.push({ name, upTo: ack_floor.stream_seq })
  return consumers
}

/** Ids and sequences of messages, without their content, up to what the stream has now. */
async function* headersOf(
  bus: Bus,
  stream: string,
  consumer: string,
  filter: string,
  since: Date,
): AsyncGenerator<{ id: string; sequence: number }[]> {
  const manager = await jetstreamManager(bus)
  await manager.consumers.delete(stream, consumer).catch(() => undefined)
  const { num_pending } = await manager.consumers.add(stream, {
    name: consumer,
    filter_subject: filter,
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: since.toISOString(),
    headers_only: true,
    mem_storage: true,
    inactive_threshold: 60_000_000_000,
  })
  try {
    const pulled = await jetstream(bus).consumers.get(stream, consumer)
    for (let left = num_pending; left > 0; ) {
      const page: { id: string; sequence: number }[] = []
      const messages = await pulled.fetch({ max_messages: Math.min(left, pageMessages), expires: silenceMs })
      for await (const message of messages) {
        const id = message.headers?.get('Nats-Msg-Id')
        if (id) page.push({ id, sequence: message.seq })
        left = Math.min(left - 1, message.info.pending)
      }
      if (page.length === 0) return
      yield page
    }
  } finally {
    await manager.consumers.delete(stream, consumer).catch(() => undefined)
  }
}
