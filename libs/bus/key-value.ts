import { JetStreamApiError } from '@nats-io/jetstream'
import { type KV, Kvm } from '@nats-io/kv'
import { Bucket } from '@nats-io/kv/internal'
import type { Bus } from './connect.ts'

/**
 * Writes a key, creating the bucket where it is missing (a lost JetStream store loses buckets too).
 * @returns the revision, which rises with every change of the bucket.
 * @throws when JetStream does not respond.
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

/** Deletes a key. @throws when JetStream does not respond. */
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

export type StoredEntry<Value> = { value: Value; revision: number }

/** As `findKey`, with the revision for `replaceEntry`. @throws when JetStream does not respond. */
export async function findEntry<Value>(
  bus: Bus,
  bucket: string,
  key: string,
): Promise<StoredEntry<Value> | undefined> {
  const entry = await (await openStore(bus, bucket)).get(key)
  return entry && entry.operation === 'PUT'
    ? { value: entry.json<Value>(), revision: entry.revision }
    : undefined
}

/** Writes an entry of a bucket that is there. @throws when JetStream does not respond. */
export async function putEntry(bus: Bus, bucket: string, key: string, value: unknown): Promise<void> {
  await (await openStore(bus, bucket)).put(key, JSON.stringify(value))
}

/** @returns false where somebody else has changed it since. @throws when JetStream does not respond. */
export async function replaceEntry(
  bus: Bus,
  bucket: string,
  key: string,
  value: unknown,
  revision: number,
): Promise<boolean> {
  try {
    await (await openStore(bus, bucket)).update(key, JSON.stringify(value), revision)
    return true
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === wrongLastSequence) return false
    throw error
  }
}

const wrongLastSequence = 10_071

async function openStore(bus: Bus, bucket: string): Promise<KV> {
  const opened = stores.get(bus) ?? new Map<string, KV>()
  stores.set(bus, opened)
  const store = opened.get(bucket) ?? (await new Kvm(bus).open(bucket))
  opened.set(bucket, store)
  return store
}
