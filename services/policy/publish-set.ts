import { type Bus, findKey, putKey } from '@airs-cp/bus'
import { buckets } from '@airs-cp/events'
import type { PolicySet } from '@airs-cp/policy-engine'
import type { Kysely } from 'kysely'
import { readPolicySet } from './policies.ts'
import type { PolicyTables } from './tables.ts'

export const activeKey = 'active'

/**
 * Keeps the key that every ingress watches equal to the policy set in Postgres: at once when told, and every few
 * seconds by comparison, because a lost JetStream store loses the key. Publications never overlap.
 */
export function startSetPublisher({
  bus,
  database,
  intervalMs = 5_000,
  onProblem = () => {},
}: {
  bus: Bus
  database: Kysely<PolicyTables>
  intervalMs?: number
  onProblem?: (error: unknown) => void
}): { publish(): Promise<number>; close(): Promise<void> } {
  let chain: Promise<unknown> = Promise.resolve()
  const oneAfterTheOther = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = chain.then(work)
    chain = result.catch(() => {})
    return result
  }
  const publish = () =>
    oneAfterTheOther(async () => {
      const set = await readPolicySet(database)
      await putKey(bus, buckets.policy, activeKey, set)
      return set.version
    })
  const repair = async () => {
    if (bus.isClosed()) return
    const published = await findKey<PolicySet>(bus, buckets.policy, activeKey).catch(() => undefined)
    const { version } = await readPolicySet(database)
    if (published?.version !== version) await publish()
  }
  const timer = setInterval(() => void repair().catch(onProblem), intervalMs)
  return {
    publish,
    async close() {
      clearInterval(timer)
      await chain
    },
  }
}
