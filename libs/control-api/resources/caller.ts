import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { roleNames } from '../roles.ts'

export const callerSchema = z
  .object({ name: z.string().describe('Of the token'), role: z.enum(roleNames) })
  .meta({ id: 'Caller' })

export const caller = endpoints({
  'GET /v1/caller': {
    role: 'viewer',
    summary: 'Whose token this is, and what it may do',
    response: callerSchema,
  },
})
