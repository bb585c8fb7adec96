import { entryNames, type PublishedEntries, type PublishedPart, type Spent } from '@airs-cp/events'
import type { Kysely } from 'kysely'
import { listKeys } from '../keys/keys.ts'
import { readToolDecisions } from '../mcp/tools.ts'
import { findSetHead, readPolicySet } from '../policies/policies.ts'
import { readQuarantined } from '../quarantine/quarantines.ts'
import type { PolicyTables } from '../tables.ts'
import type { Part, PublishedSources } from './publisher.ts'
import { revisionOf } from './revisions.ts'

/** What is published, as Postgres says. */
export function publishedSources(database: Kysely<PolicyTables>): PublishedSources {
  return {
    async mode() {
      const head = await findSetHead(database)
      return (
        head && {
          value: head.mode,
          version: head.setVersion,
          ...(head.message !== null && { message: head.message }),
        }
      )
    },
    async policies() {
      const { version, policies } = await readPolicySet(database)
      return partOf('policies', version, policies)
    },
    keys: () =>
      database
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute(async (transaction) => {
          const inForce = (await listKeys(transaction)).filter(({ revokedAt }) => revokedAt === null)
          const keys = inForce.map(({ keyId, name, match, limits, fixed, former }) => ({
            ...{ keyId, name, match, limits },
            ...(Object.keys(fixed).length > 0 && { fixed }),
            ...(former.length > 0 && { former }),
          }))
          return partOf('keys', await revisionOf(transaction, 'keys'), keys)
        }),
    quarantine: () =>
      database
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute(async (transaction) => {
          const sessions = await readQuarantined(transaction)
          return partOf('quarantine', await revisionOf(transaction, 'quarantine'), sessions)
        }),
    tools: () =>
      database
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute(async (transaction) =>
          partOf('tools', await revisionOf(transaction, 'tools'), await readToolDecisions(transaction)),
        ),
    async spent() {
      const inForce = (await listKeys(database)).filter(({ revokedAt }) => revokedAt === null)
      return new Map(inForce.map((key) => [entryNames.spent(key), textOf(key.spent)]))
    },
  }
}

function partOf<Name extends PublishedPart>(
  part: Name,
  version: number,
  entries: readonly PublishedEntries[Name][],
): Part {
  const nameOf = entryNames[part] as (entry: PublishedEntries[Name]) => string
  return { version, entries: new Map(entries.map((entry) => [nameOf(entry), JSON.stringify(entry)])) }
}

function textOf(spent: Spent): string {
  return spent.period === 'total' ? String(spent.usdMicros) : JSON.stringify(spent)
}
