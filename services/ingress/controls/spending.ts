import { periodAt, type Spent } from '@airs-cp/events'

type Budgeted = { keyId: string; limits: { budgetPeriod?: Spent['period'] | undefined } }

/**
 * What keys have spent in the period of their budget: what all ingresses together have reported, or what was counted here
 * where that is more, since a report takes a moment.
 *
 * | what comes                          | what counts                                   |
 * |-------------------------------------|-----------------------------------------------|
 * | a report of the same period         | the greater one                               |
 * | a report of a later or other period | the report                                    |
 * | a report of a former period         | what counted before                           |
 * | a charge                            | is added                                      |
 * | the period ends                     | nothing is spent in the new one               |
 */
export type Spending = {
  of(key: Budgeted): number
  /** What policy reports of all ingresses. */
  report(keyId: string, spent: Spent): void
  /** Adds what was spent here or, as another ingress says, there. */
  charge(key: Budgeted, usdMicros: number): void
  /** For a restart; undefined where nothing is known of the key. */
  find(keyId: string): Spent | undefined
}

export function createSpending(nowMs: () => number = Date.now): Spending {
  const byKey = new Map<string, Spent>()

  function current({ keyId, limits: { budgetPeriod: period = 'total' } }: Budgeted): Spent {
    const { sinceMs } = periodAt(period, nowMs())
    const known = byKey.get(keyId)
    if (known?.period === period && known.sinceMs >= sinceMs) return known
    const fresh = { usdMicros: 0, period, sinceMs }
    byKey.set(keyId, fresh)
    return fresh
  }

  return {
    of: (key) => current(key).usdMicros,
    report(keyId, spent) {
      const known = byKey.get(keyId)
      if (known?.period === spent.period && known.sinceMs > spent.sinceMs) return
      const isSame = known?.period === spent.period && known.sinceMs === spent.sinceMs
      byKey.set(keyId, isSame && known.usdMicros > spent.usdMicros ? known : { ...spent })
    },
    charge(key, usdMicros) {
      current(key).usdMicros += usdMicros
    },
    find: (keyId) => byKey.get(keyId),
  }
}
