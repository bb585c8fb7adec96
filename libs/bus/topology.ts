import { isDeepStrictEqual } from 'node:util'
import { bucketBounds, buckets, defaultTrafficBytes, type StreamDefinition, streams } from '@airs-cp/events'
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream'
import { Kvm } from '@nats-io/kv'
import { askJetStream } from './ask-jetstream.ts'
import type { Bus } from './connect.ts'

const nanosPerMs = 1_000_000
const streamNotFound = 10_059
const consumerNotFound = 10_014
/** The server has not so much room: for this stream, for the account, or on enough servers of the cluster. */
const noRoomCodes = new Set([10_047, 10_028, 10_023, 10_005])
/** What stays free for buckets, as a part of what the streams may hold. */
const spare = 1 / 8
const leastBytes = 1024 ** 2
/** Name of a stream that is there for a moment, to find out how much room there is. */
export const roomStream = 'AIRS_ROOM'

export type TopologySettings = {
  /** Servers that hold each stream and bucket that is created. */
  replicas?: number | undefined
  /** What the traffic stream may hold, and others in proportion; less where the server has not so much room. */
  trafficBytes?: number | undefined
}

/** Creates streams and key-value buckets that are missing. What is there stays as it is, whoever has set it. */
export async function ensureTopology(bus: Bus, settings: TopologySettings = {}): Promise<void> {
  const manager = await jetstreamManager(bus)
  const missing: StreamDefinition[] = []
  for (const definition of Object.values(streams))
    if (!(await findConfig(manager, definition.name))) missing.push(definition)
  for (const [definition, maxBytes] of await divideRoom(manager, missing, settings))
    await createStream(manager, definition, settings, maxBytes)
  await createBuckets(bus, settings)
}

/**
 * The same, and brings streams of an earlier version up to date: their subjects, and a bound for those without one. How much
 * a stream may hold and on how many servers it is changes only where `settings` names it; otherwise, as with its
 * age, what an operator has set is kept.
 */
export async function setUpTopology(bus: Bus, settings: TopologySettings = {}): Promise<void> {
  const manager = await jetstreamManager(bus)
  await updateReplicas(manager, settings)
  const unbounded: StreamDefinition[] = []
  for (const definition of Object.values(streams)) {
    const { name, subjects, duplicateWindowMs } = definition
    const config = await findConfig(manager, name)
    if (!config) continue
    const wanted = { subjects, duplicate_window: duplicateWindowMs * nanosPerMs, discard: DiscardPolicy.Old }
    // A change for nothing is none for nats-server: it writes another time of creation (`place.ts`).
    if (!isMatch(config, wanted)) await manager.streams.update(name, wanted)
    const isOurs = config.max_bytes <= 0 || settings.trafficBytes !== undefined
    if (isOurs && config.max_bytes !== shareOf(definition, settings)) unbounded.push(definition)
  }
  for (const [{ name }, maxBytes] of await divideRoom(manager, unbounded, settings))
    await manager.streams.update(name, { max_bytes: maxBytes })
  await ensureTopology(bus, settings)
}

function isMatch<Config extends object>(config: Config, wanted: Partial<Config>): boolean {
  return Object.entries(wanted).every(([key, value]) => isDeepStrictEqual(config[key as keyof Config], value))
}

function shareOf({ share }: StreamDefinition, { trafficBytes = defaultTrafficBytes }: TopologySettings) {
  return Math.floor(trafficBytes * share)
}

/**
 * What each of these streams may hold: its share, or where the server has no room for all of them and some to spare, the
 * half of it, or a quarter, and so on. A server promises to all streams together no more than it may store, and refuses
 * one that wants more; how much that is it does not say.
 * @throws when there is hardly any room.
 */
async function divideRoom(
  manager: JetStreamManager,
  definitions: StreamDefinition[],
  settings: TopologySettings,
): Promise<[StreamDefinition, number][]> {
  if (definitions.length === 0) return []
  const wanted = definitions.reduce((sum, definition) => sum + shareOf(definition, settings), 0)
  await manager.streams.delete(roomStream).catch(() => undefined)
  let part = 1
  while (!(await hasRoom(manager, Math.ceil(wanted * part * (1 + spare)), settings))) {
    part /= 2
    if (wanted * part < leastBytes)
      throw new Error('The NATS server has no room for streams: raise its max_file_store, or free its disk')
  }
  return definitions.map((definition) => [definition, Math.floor(shareOf(definition, settings) * part)])
}

/** Asks for a stream of this size, which is given back at once. */
async function hasRoom(
  manager: JetStreamManager,
  maxBytes: number,
  { replicas = 1 }: TopologySettings,
): Promise<boolean> {
  try {
    await manager.streams.add({
      name: roomStream,
      subjects: [`${roomStream}.none`],
      storage: StorageType.File,
      max_bytes: maxBytes,
      num_replicas: replicas,
    })
    await manager.streams.delete(roomStream)
    return true
  } catch (error) {
    if (error instanceof JetStreamApiError && noRoomCodes.has(error.code)) return false
    throw error
  }
}

async function findConfig(manager: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await manager.streams.info(name)).config
  } catch (error) {
    if (isStreamMissing(error)) return undefined
    throw error
  }
}

async function createStream(
  manager: JetStreamManager,
  { name, subjects, maxAgeMs, duplicateWindowMs }: StreamDefinition,
  { replicas = 1 }: TopologySettings,
  maxBytes: number,
): Promise<void> {
  await manager.streams.add({
    name,
    subjects,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    storage: StorageType.File,
    max_age: maxAgeMs * nanosPerMs,
    max_bytes: maxBytes,
    duplicate_window: duplicateWindowMs * nanosPerMs,
    num_replicas: replicas,
  })
}

async function updateReplicas(manager: JetStreamManager, { replicas }: TopologySettings): Promise<void> {
  if (replicas === undefined) return
  for (const name of [...Object.values(streams).map((stream) => stream.name), ...bucketStreams]) {
    const config = await findConfig(manager, name)
    if (config && config.num_replicas !== replicas)
      await manager.streams.update(name, { num_replicas: replicas })
  }
}

const bucketStreams = Object.values(buckets).map((bucket) => `KV_${bucket}`)

async function createBuckets(bus: Bus, { replicas = 1 }: TopologySettings): Promise<void> {
  const manager = await jetstreamManager(bus)
  const kvm = new Kvm(bus)
  for (const bucket of Object.values(buckets)) {
    const stream = `KV_${bucket}`
    if (await findConfig(manager, stream)) continue
    const { maxAgeMs, maxBytes } = bucketBounds[bucket] ?? {}
    await kvm.create(bucket, { history: 1, replicas, ...(maxAgeMs !== undefined && { ttl: maxAgeMs }) })
    if (maxBytes === undefined) continue
    // A full bucket forgets the oldest, and refuses nothing. Where there is no room for it, its age bounds it alone.
    await manager.streams
      .update(stream, { discard: DiscardPolicy.Old, max_bytes: maxBytes })
      .catch((error) => {
        if (!(error instanceof JetStreamApiError && noRoomCodes.has(error.code))) throw error
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
 * @throws at once when nobody leads the stream or the consumer, and when there is no stream (`isStreamMissing`).
 */
export async function ensureConsumer(
  bus: Bus,
  { stream, durable, filter, maxUnacknowledged, ackWaitMs }: ConsumerSettings,
  after?: number,
): Promise<void> {
  const existing = await findConsumer(bus, stream, durable)
  const config = {
    durable_name: durable,
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    ...startOf(existing, after),
    ack_wait: ackWaitMs * nanosPerMs,
    max_ack_pending: maxUnacknowledged,
    max_deliver: -1,
  }
  if (existing && isMatch(existing, config) && after === undefined) return
  const manager = await jetstreamManager(bus)
  if (existing && after !== undefined) await manager.consumers.delete(stream, durable)
  await manager.consumers.add(stream, config)
}

async function findConsumer(bus: Bus, stream: string, durable: string): Promise<ConsumerConfig | undefined> {
  try {
    return (await (await askJetStream(bus)).consumers.info(stream, durable)).config
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === consumerNotFound) return undefined
    throw error
  }
}

/** Where a consumer began cannot be changed while it is there. */
function startOf(existing: ConsumerConfig | undefined, after: number | undefined) {
  const begin = (sequence: number) => ({
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: Math.max(1, sequence),
  })
  if (after !== undefined) return begin(after + 1)
  if (existing?.deliver_policy === DeliverPolicy.StartSequence && existing.opt_start_seq)
    return begin(existing.opt_start_seq)
  return { deliver_policy: DeliverPolicy.All }
}

/** Whether an error says that there is no such stream, rather than that nobody says so. */
export function isStreamMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === streamNotFound
}

/** Sequence of the last message that a stream holds or held; 0 for an empty one. */
export async function lastSequence(bus: Bus, definition: StreamDefinition): Promise<number> {
  const manager = await askJetStream(bus)
  const { state } = await manager.streams.info(definition.name)
  return state.last_seq
}

/** How full a stream is. */
export type StreamFill = {
  stream: string
  bytes: number
  /** What it may hold; undefined where nothing bounds it. */
  maxBytes: number | undefined
  messages: number
}

/** How full the streams are, of those that are there. */
export async function streamFills(bus: Bus): Promise<StreamFill[]> {
  const manager = await askJetStream(bus)
  const fills: StreamFill[] = []
  for (const { name } of Object.values(streams)) {
    const { config, state } = await manager.streams.info(name)
    const maxBytes = config.max_bytes > 0 ? config.max_bytes : undefined
    fills.push({ stream: name, bytes: state.bytes, maxBytes, messages: state.messages })
  }
  return fills
}
