import { type KV, Kvm } from '@nats-io/kv'
import type { QueuedIterator, Status } from '@nats-io/transport-node'
import type { Bus } from './connect.ts'

export type BucketEntry = { text: string; revision: number }

export type BucketListener = {
  /** Everything that the bucket holds: at the start, and again whenever the watch had to begin anew. */
  onSync(entries: ReadonlyMap<string, BucketEntry>): void
  /** One entry, changed after the last `onSync`; undefined: deleted. */
  onChange(key: string, entry: BucketEntry | undefined, revision: number): void
  /** JetStream has responded, and the watch is on: what is known here is what the bucket holds. */
  onHeard(): void
  onProblem(error: unknown): void
}

/**
 * Follows a whole bucket for ever.
 *
 * | what happens                              | what it does                                                    |
 * |-------------------------------------------|-----------------------------------------------------------------|
 * | it starts                                 | reads everything, then `onSync`, then each change               |
 * | the server restarts, the connection breaks | begins anew as soon as it can, with `onSync`                   |
 * | the bucket is not there, or another one   | begins anew; `create`: makes it, else tries again               |
 * | nothing changes                           | asks JetStream every `checkMs` whether it is there, `onHeard`   |
 *
 * @returns a function that ends it.
 */
export function followBucket(
  bus: Bus,
  bucket: string,
  listener: BucketListener,
  { create = false, retryMs = 500, checkMs = 2_000 } = {},
): () => void {
  let stopped = false
  let end = () => {}
  const run = async () => {
    while (!stopped && !bus.isClosed()) {
      try {
        const kvm = new Kvm(bus)
        await watch(create ? await kvm.create(bucket, { history: 1 }) : await kvm.open(bucket))
      } catch (error) {
        if (!stopped) listener.onProblem(error)
      }
      if (!stopped) await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
  const watch = async (store: KV) => {
    const { values, streamInfo } = await store.status()
    const changes = await store.watch({ key: '>' })
    end = () => changes.stop()
    const ignore = onReconnect(bus, end)
    let entries: Map<string, BucketEntry> | undefined = new Map()
    const synced = () => {
      if (!entries) return
      listener.onSync(entries)
      entries = undefined
      listener.onHeard()
    }
    const checking = setInterval(async () => {
      try {
        const { created } = (await store.status()).streamInfo
        if (created !== streamInfo.created) return end()
        if (!entries && !stopped) listener.onHeard()
      } catch (error) {
        if (!stopped) listener.onProblem(error)
        end()
      }
    }, checkMs)
    try {
      if (values === 0) synced()
      for await (const change of changes) {
        const { key, revision } = change
        const entry = change.operation === 'PUT' ? { text: change.string(), revision } : undefined
        if (!entries) listener.onChange(key, entry, revision)
        else if (entry) entries.set(key, entry)
        else entries.delete(key)
        if (change.isUpdate) synced()
      }
    } finally {
      clearInterval(checking)
      ignore()
      end()
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
function onReconnect(bus: Bus, restart: () => void): () => void {
  const statuses = bus.status() as QueuedIterator<Status>
  void (async () => {
    for await (const status of statuses) if (status.type === 'reconnect') restart()
  })()
  return () => statuses.stop()
}
