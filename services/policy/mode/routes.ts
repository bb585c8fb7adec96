import { modeSchema } from '@airs-cp/events'
import type { Api } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { PolicyChanges } from '../policies/change-policies.ts'
import { activationSchema } from '../policies/routes.ts'
import type { PolicyTables } from '../tables.ts'
import { findMode, modeHistory } from './modes.ts'

const bodySchema = z.strictObject({ mode: modeSchema, reason: z.string().max(1_000).default('') })
const changeSchema = z.object({
  mode: modeSchema,
  reason: z.string(),
  actor: z.string(),
  changedAt: z.iso.datetime(),
})

export function addModeRoutes({ route }: Api, database: Kysely<PolicyTables>, changes: PolicyChanges): void {
  route(
    'get',
    '/v1/mode',
    {
      role: 'viewer',
      summary: 'The global mode, who set it and why',
      answer: changeSchema.partial({ actor: true, changedAt: true }).extend({ setVersion: z.int() }),
    },
    () => findMode(database),
  )
  route(
    'get',
    '/v1/mode/history',
    {
      role: 'viewer',
      summary: 'Changes of the global mode, newest first',
      query: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
      answer: z.object({ changes: z.array(changeSchema) }),
    },
    async ({ query }) => ({ changes: await modeHistory(database, query.limit) }),
  )
  route(
    'put',
    '/v1/mode',
    {
      role: 'operator',
      summary: 'Set the global mode; off is the kill switch. Answers when every ingress has it',
      body: bodySchema,
      answer: z.object({
        mode: modeSchema,
        changed: z.boolean(),
        setVersion: z.int(),
        ingresses: activationSchema,
      }),
    },
    ({ body, caller }) => changes.setMode(body.mode, body.reason, caller.name),
  )
}
