import { contract } from '@airs-cp/control-api'
import { type Api, ApiError } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import type { PolicyChanges } from '../policies/change-policies.ts'
import type { PolicyTables } from '../tables.ts'
import { findMode, modeHistory } from './modes.ts'

export function addModeRoutes(api: Api, database: Kysely<PolicyTables>, changes: PolicyChanges): void {
  api.implement(contract.policy.mode, {
    'GET /v1/mode': async () => {
      const mode = await findMode(database)
      if (!mode) throw new ApiError(503, 'mode_not_set', 'The first start is setting the mode; try again')
      return mode
    },
    'GET /v1/mode/history': async ({ query }) => ({ changes: await modeHistory(database, query.limit) }),
    'PUT /v1/mode': ({ body, caller }) => changes.setMode({ ...body, actor: caller.name }),
  })
}
