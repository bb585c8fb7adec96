import { modeSchema } from '@airs-cp/events'
import { type Api, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { PolicyChanges } from './change-policies.ts'
import { currentPolicies, findMode } from './policies.ts'
import type { PolicyTables } from './tables.ts'

const nameSchema = z.object({ name: z.string() })
const modeBodySchema = z.strictObject({ mode: modeSchema, reason: z.string().max(1_000).default('') })

export function addPolicyRoutes(
  { route }: Api,
  database: Kysely<PolicyTables>,
  changes: PolicyChanges,
): void {
  route('get', '/v1/policies', { role: 'viewer', summary: 'Policies in force' }, async () => ({
    policies: await currentPolicies(database),
  }))
  route(
    'get',
    '/v1/policies/:name',
    { role: 'viewer', summary: 'One policy in force', params: nameSchema },
    async ({ params }) => {
      const policy = (await currentPolicies(database)).find(({ name }) => name === params.name)
      if (!policy) throw notFound(`Policy ${params.name}`)
      return policy
    },
  )
  route(
    'put',
    '/v1/policies',
    {
      role: 'operator',
      summary: 'Apply one or several policies; each that changed gets a new version',
      body: z.string(),
      bodyTypes: ['application/yaml', 'text/yaml', 'text/plain'],
    },
    ({ body, caller }) => changes.apply(body, caller.name),
  )
  route(
    'delete',
    '/v1/policies/:name',
    { role: 'operator', summary: 'Remove a policy', params: nameSchema },
    ({ params, caller }) => changes.remove(params.name, caller.name),
  )
  route('get', '/v1/mode', { role: 'viewer', summary: 'The global mode' }, () => findMode(database))
  route(
    'put',
    '/v1/mode',
    { role: 'operator', summary: 'Set the global mode; off is the kill switch', body: modeBodySchema },
    ({ body, caller }) => changes.setMode(body.mode, body.reason, caller.name),
  )
}
