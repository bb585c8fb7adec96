import { type KV, Kvm } from '@nats-io/kv'
import { Bucket } from '@nats-io/kv/internal'
import type { QueuedIterator, Status } from '@nats-io/transport-node'
import type { Bus } from './connect.ts'

/**
 * Writes a key, creating the bucket where it is missing (a lost JetStream store loses buckets too).
 * @returns the revision, which rises with every change of the bucket.
 * @throws when JetStream does not answer.
 */
export async function putKey(bus: Bus, bucket: string, key: string, value: unknown): Promise<number> {
  return putText(bus, bucket, key, JSON.stringify(value))
}

/** As `putKey`, of a value that is JSON already. */
export async function putText(bus: Bus, bucket: string, key: string, text: string): Promise<number> {
  const opened = stores.get(bus) ?? new Map<string, KV>()
  stores.set(bus, opened)
  const written = await opened
    .get(bucket)
    ?.put(key, text)
    .catch(() => undefined)
  if (written) return written
  const store = await new Kvm(bus).create(bucket, { history: 1 })
  const revision = await store.put(key, text)
  opened.set(bucket, store)
  return revision
}

/** Deletes a key. @throws when JetStream does not answer. */
export async function deleteKey(bus: Bus, bucket: string, key: string): Promise<void> {
  const store = stores.get(bus)?.get(bucket) ?? (await new Kvm(bus).open(bucket))
  await store.delete(key)
}

/** Removes what is left of keys that were deleted more than `olderThanMs` ago; every key that was ever there leaves some. */
export async function forgetDeletedKeys(bus: Bus, bucket: string, olderThanMs: number): Promise<void> {
  const store = await new Kvm(bus).open(bucket)
  if (store instanceof Bucket) await store.purgeDeletes(olderThanMs)
}

/** Buckets that were there when something was written to them last. */
const stores = new WeakMap<Bus, Map<string, KV>>()

/** Reads a key; undefined when the key or its bucket is not there. */
export async function findKey<Value>(bus: Bus, bucket: string, key: string): Promise<Value | undefined> {
  const store = await new Kvm(bus).open(bucket)
  const entry = await store.get(key)
  return entry && entry.operation === 'PUT' ? entry.json<Value>() : undefined
}

/**
 * Calls `onValue` with the current value of a key (or of every key, for `>`) and with each later one, for ever: when
 * the watch breaks (a server restart, a lost bucket) it starts anew after `retryMs`.
 * @returns a function that ends the watch.
 */
export function watchKey(
  bus: Bus,
  bucket: string,
  key: string,
  onValue: (value: string, key: string) => void,
  { retryMs = 500, onProblem = () => {} }: { retryMs?: number; onProblem?: (error: unknown) => void } = {},
): () => void {
  let stopped = false
  let end = () => {}
  const run = async () => {
    while (!stopped && !bus.isClosed()) {
      try {
        const store = await new Kvm(bus).open(bucket)
        const entries = await store.watch({ key })
        end = () => entries.stop()
        const ignore = onReconnect(bus, () => entries.stop())
        try {
          for await (const entry of entries) if (entry.operation === 'PUT') onValue(entry.string(), entry.key)
        } finally {
          ignore()
        }
      } catch (error) {
        onProblem(error)
      }
      if (!stopped) await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
  void run()
  return () => {
    stopped = true
    end()
  }
}

/**
 * A server that came back may have lost the bucket, and a watch on it would stay silent for ever: calls `restart`
 * at every reconnect. Returns a function that ends this.
 */
export function onReconnect(bus: Bus, restart: () => void): () => void {
  const statuses = bus.status() as QueuedIterator<Status>
  void (async () => {
    for await (const status of statuses) if (status.type === 'reconnect') restart()
  })()
  return () => statuses.stop()
}
