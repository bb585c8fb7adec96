import { type Bus, findKey, putKey } from '@airs-cp/bus'
import { buckets, type PublishedKey, type PublishedValues, publishedSchemas } from '@airs-cp/events'
import { type Running, repeat } from '@airs-cp/runtime'

/**
 * Keeps a key that every ingress watches equal to what Postgres says: at once when told, and every few seconds by
 * comparison, because a lost JetStream store loses the key. Publications never overlap.
 * @param read what is to be published.
 */
export function startPublisher<Key extends PublishedKey>({
  bus,
  key,
  read,
  intervalMs = 5_000,
  onProblem = () => {},
}: {
  bus: Bus
  key: Key
  read: () => Promise<PublishedValues[Key]>
  intervalMs?: number
  onProblem?: (error: unknown) => void
}): Running & { publish(): Promise<void> } {
  let chain: Promise<unknown> = Promise.resolve()
  const oneAfterTheOther = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = chain.then(work)
    chain = result.catch(() => {})
    return result
  }
  const readValid = async () => publishedSchemas[key].parse(await read())
  const publish = () => oneAfterTheOther(async () => putKey(bus, buckets.policy, key, await readValid()))
  const repair = () =>
    oneAfterTheOther(async () => {
      if (bus.isClosed()) return
      const published = await findKey<unknown>(bus, buckets.policy, key).catch(() => undefined)
      const wanted = await readValid()
      if (JSON.stringify(published) !== JSON.stringify(wanted)) await putKey(bus, buckets.policy, key, wanted)
    })
  const repairing = repeat({ everyMs: intervalMs, work: repair, onProblem })
  const close = async () => {
    await repairing.close()
    await chain
  }
  return { publish, close, [Symbol.asyncDispose]: close }
}
