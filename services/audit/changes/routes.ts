import { contract } from '@airs-cp/control-api'
import type { Api } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { listIngresses } from '../journals/ingresses.ts'
import type { AuditTables } from '../tables.ts'
import { findChanges } from './find-changes.ts'

export function addChangeRoutes(api: Api, database: Kysely<AuditTables>): void {
  api.implement(contract.audit.changes, {
    'GET /v1/changes': ({ query }) => findChanges(database, query),
  })
  api.implement(contract.audit.ingresses, {
    'GET /v1/ingresses': async () => ({ ingresses: await listIngresses(database) }),
  })
}
