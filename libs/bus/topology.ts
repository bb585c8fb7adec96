import { buckets, type StreamDefinition, streams } from '@airs-cp/events'
import {
  AckPolicy,
  DeliverPolicy,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream'
import { Kvm } from '@nats-io/kv'
import type { Bus } from './connect.ts'

const nanosPerMs = 1_000_000

/** Creates the streams and key-value buckets that are missing, and brings the settings of the others up to date. */
export async function ensureTopology(bus: Bus, { replicas = 1 }: { replicas?: number } = {}): Promise<void> {
  for (const definition of Object.values(streams)) await ensureStream(bus, definition, replicas)
  const kvm = new Kvm(bus)
  for (const bucket of Object.values(buckets)) await kvm.create(bucket, { history: 1, replicas })
}

async function ensureStream(bus: Bus, definition: StreamDefinition, replicas: number): Promise<void> {
  const manager = await jetstreamManager(bus)
  const settings = {
    subjects: definition.subjects,
    max_age: definition.maxAgeMs * nanosPerMs,
    duplicate_window: definition.duplicateWindowMs * nanosPerMs,
    num_replicas: replicas,
  }
  try {
    await manager.streams.update(definition.name, settings)
  } catch {
    await manager.streams.add({
      name: definition.name,
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      ...settings,
    })
  }
}

export type ConsumerSettings = {
  stream: string
  durable: string
  filter: string
  maxUnacknowledged: number
  ackWaitMs: number
}

/**
 * Creates a durable pull consumer on a stream, or brings its settings up to date.
 * @param after where it is to begin, instead of where it stands: with the message after that one.
 */
export async function ensureConsumer(
  bus: Bus,
  { stream, durable, filter, maxUnacknowledged, ackWaitMs }: ConsumerSettings,
  after?: number,
): Promise<void> {
  const manager = await jetstreamManager(bus)
  if (after !== undefined) await manager.consumers.delete(stream, durable)
  await manager.consumers.add(stream, {
    durable_name: durable,
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    ...(await startOf(manager, stream, durable, after)),
    ack_wait: ackWaitMs * nanosPerMs,
    max_ack_pending: maxUnacknowledged,
    max_deliver: -1,
  })
}

/** Where a consumer began cannot be changed while it is there. */
async function startOf(
  manager: JetStreamManager,
  stream: string,
  durable: string,
  after: number | undefined,
) {
  const begin = (sequence: number) => ({
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: Math.max(1, sequence),
  })
  if (after !== undefined) return begin(after + 1)
  const existing = await manager.consumers.info(stream, durable).catch(() => undefined)
  if (existing?.config.deliver_policy === DeliverPolicy.StartSequence && existing.config.opt_start_seq)
    return begin(existing.config.opt_start_seq)
  return { deliver_policy: DeliverPolicy.All }
}

/** Sequence of the last message that a stream holds or held; 0 for an empty one. */
export async function lastSequence(bus: Bus, definition: StreamDefinition): Promise<number> {
  const manager = await jetstreamManager(bus)
  const { state } = await manager.streams.info(definition.name)
  return state.last_seq
}
