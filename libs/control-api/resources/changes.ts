import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { instant, integer, limit, time } from '../fields.ts'

const changeSchema = z
  .object({
    event: z.uuid().describe('That recorded it; it can be proved'),
    type: z.string(),
    time,
    kind: z.string().describe('Of what was changed: `policy`, `mode`, `key`, `session`, `export` …'),
    subject: z.string().describe('What was changed: the name of a policy, the id of a key, a session'),
    actor: z.string(),
    reason: z.string().nullable(),
    after: z.record(z.string(), z.unknown()).describe('What the event says'),
    before: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('What the change of the same thing before it said; null: there was none'),
  })
  .meta({ id: 'ControlChange' })

export const changes = endpoints({
  'GET /v1/changes': {
    role: 'viewer',
    summary:
      'Changes of the control plane, newest first: who, when, what it was before and after; `next` continues as `after`',
    query: z.object({
      from: instant.optional().describe('First instant included'),
      until: instant.optional().describe('First instant not included'),
      kind: z.string().min(1).max(100).optional(),
      subject: z.string().min(1).max(300).optional(),
      actor: z.string().min(1).max(300).optional(),
      limit: limit(500, 50),
      after: integer(0).optional(),
    }),
    response: z.object({ changes: z.array(changeSchema), next: z.int().nullable() }),
  },
})
