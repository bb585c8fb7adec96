import { contract } from '@airs-cp/control-api'
import type { Api } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import type { PolicyTables } from '../tables.ts'
import type { KeyChanges } from './change-keys.ts'
import { listKeys } from './keys.ts'

export function addKeyRoutes(api: Api, database: Kysely<PolicyTables>, changes: KeyChanges): void {
  api.implement(contract.policy.keys, {
    'GET /v1/keys': async () => ({
      keys: (await listKeys(database)).map(({ match, ...key }) => ({
        ...key,
        ...('fingerprint' in match && { fingerprint: match.fingerprint }),
      })),
    }),
    'POST /v1/keys': ({ body, caller }) => {
      const { name, fingerprint, ...limits } = body
      return changes.create({ name, fingerprint, limits, actor: caller.name })
    },
    'DELETE /v1/keys/:keyId': ({ params, caller }) => changes.revoke(params.keyId, caller.name),
  })
}
