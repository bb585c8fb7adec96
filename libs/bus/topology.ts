import { buckets, type StreamDefinition, streams } from '@airs-cp/events'
import { AckPolicy, DeliverPolicy, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream'
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

/** Creates a durable pull consumer on a stream, or brings its settings up to date. */
export async function ensureConsumer(
  bus: Bus,
  {
    stream,
    durable,
    filter,
    maxUnacknowledged,
    ackWaitMs,
  }: { stream: string; durable: string; filter: string; maxUnacknowledged: number; ackWaitMs: number },
): Promise<void> {
  const manager = await jetstreamManager(bus)
  await manager.consumers.add(stream, {
    durable_name: durable,
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: ackWaitMs * nanosPerMs,
    max_ack_pending: maxUnacknowledged,
    max_deliver: -1,
  })
}

/** Sequence of the last message that a stream holds or held; 0 for an empty one. */
export async function lastSequence(bus: Bus, definition: StreamDefinition): Promise<number> {
  const manager = await jetstreamManager(bus)
  const { state } = await manager.streams.info(definition.name)
  return state.last_seq
}
