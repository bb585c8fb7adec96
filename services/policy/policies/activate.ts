import type { Bus, RunningProjection } from '@airs-cp/bus'
import type { Kysely } from 'kysely'
import type { Publisher } from '../publishing/publisher.ts'
import { type RevisedPart, revisionOf } from '../publishing/revisions.ts'
import type { PolicyTables } from '../tables.ts'
import type { Activation, Activations } from './activations.ts'

/** What changes of policies, keys, quarantine and tools are recorded, applied, published and awaited with. */
export type Changing = {
  bus: Bus
  database: Kysely<PolicyTables>
  projection: RunningProjection
  publisher: Pick<Publisher, 'publish'>
  activations: Pick<Activations, 'reached'>
}

/**
 * Publishes a part that was changed, and waits until the ingresses report it.
 * @param more parts that change with it.
 */
export async function activate(
  { database, publisher, activations }: Pick<Changing, 'database' | 'publisher' | 'activations'>,
  part: RevisedPart,
  ...more: Parameters<Publisher['publish']>[number][]
): Promise<Activation> {
  const version = await revisionOf(database, part)
  await publisher.publish(part, ...more)
  return activations.reached(part, version)
}
