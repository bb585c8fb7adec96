import { sql } from 'kysely'
import { patienceMs } from './patience.ts'
import { type World, within } from './world.ts'

/**
 * Resolves when an exchange begun after `sinceMs` is answered, in the event store and in lineage: with the seconds that
 * this took, or undefined when it took too long.
 */
export async function recoveryOf(
  world: Pick<World, 'probe' | 'database'>,
  sinceMs: number,
  limitMs = patienceMs,
): Promise<number | undefined> {
  let exchange: string | undefined
  const isWhole = await within(limitMs, async () => {
    if (!exchange) {
      const sent = await world.probe()
      if (sent.end !== 'finished') return false
      exchange = sent.exchange
    }
    const { rows } = await sql<{ whole: boolean }>`
      select (select count(*) = 2 from audit.events where exchange = ${exchange} and type not like '%content%')
        and exists (select 1 from lineage.exchanges where exchange = ${exchange} and state = 'completed') as whole`.execute(
      world.database,
    )
    return rows[0]!.whole
  })
  return isWhole ? (Date.now() - sinceMs) / 1_000 : undefined
}
