import { type Running, repeat } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import type { PolicyTables } from '../tables.ts'
import { findSetHead } from './policies.ts'

const lookEveryMs = 5_000
const longestError = 300
const mostNamed = 3

/** Knows which ingresses have reported that they cannot use the policy set in force, and decide by one before it. */
export type Rejections = Running & { note(): string | undefined }

/** Looks every few seconds. While Postgres does not respond it says what it said last. */
export function followRejections(database: Kysely<PolicyTables>, everyMs = lookEveryMs): Rejections {
  let note: string | undefined
  const looking = repeat({
    everyMs,
    async work() {
      const setVersion = (await findSetHead(database))?.setVersion ?? 0
      const rows = await database
        .selectFrom('policy.activations')
        .selectAll()
        .where('rejected_version', '>=', setVersion)
        .where('set_version', '<', setVersion)
        .orderBy('updated_at', 'desc')
        .execute()
      const sentences = rows
        .slice(0, mostNamed)
        .map(
          ({ source, set_version, rejected_error }) =>
            `${source} cannot use policy set ${setVersion} and decides by set ${set_version || 'none'}: ${(rejected_error ?? '').slice(0, longestError)}`,
        )
      if (rows.length > mostNamed) sentences.push(`and ${rows.length - mostNamed} more ingresses cannot`)
      note = sentences.length > 0 ? sentences.join('; ') : undefined
    },
    onProblem() {},
  })
  return { note: () => note, close: looking.close, [Symbol.asyncDispose]: () => looking.close() }
}
