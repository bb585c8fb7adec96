import { type KV, Kvm } from '@nats-io/kv'
import { Bucket } from '@nats-io/kv/internal'
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
