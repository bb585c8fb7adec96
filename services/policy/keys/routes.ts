import { keyLimitsSchema } from '@airs-cp/events'
import type { Api } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { PolicyTables } from '../tables.ts'
import type { KeyChanges } from './change-keys.ts'
import { listKeys } from './keys.ts'

const createSchema = z.strictObject({
  name: z.string().min(1).max(128),
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{32}$/, 'is 32 hexadecimal digits, as `credential.fingerprint` of an event')
    .optional(),
  ...keyLimitsSchema.shape,
})

export function addKeyRoutes({ route }: Api, database: Kysely<PolicyTables>, changes: KeyChanges): void {
  route('get', '/v1/keys', { role: 'viewer', summary: 'Client keys, revoked ones included' }, async () => ({
    keys: (await listKeys(database)).map(({ match, ...key }) => ({
      ...key,
      ...('fingerprint' in match && { fingerprint: match.fingerprint }),
    })),
  }))
  route(
    'post',
    '/v1/keys',
    {
      role: 'admin',
      summary: 'Make a client key, shown once; or admit an existing credential by its fingerprint',
      body: createSchema,
      status: 201,
    },
    ({ body, caller }) => {
      const { name, fingerprint, ...limits } = body
      return changes.create({ name, fingerprint, limits, actor: caller.name })
    },
  )
  route(
    'delete',
    '/v1/keys/:keyId',
    { role: 'admin', summary: 'Revoke a client key', params: z.object({ keyId: z.uuid() }) },
    ({ params, caller }) => changes.revoke(params.keyId, caller.name),
  )
}
