import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { sha256 } from '../fields.ts'

export const imports = endpoints({
  'POST /v1/imports': {
    role: 'admin',
    summary: 'Begin to bring in events of another instance; the same file gives the same id',
    body: z.strictObject({ sha256, bytes: z.int().nonnegative(), events: z.int().nonnegative() }),
    status: 201,
    response: z.object({ id: z.uuid() }),
  },
  'POST /v1/imports/:id/events': {
    role: 'admin',
    summary: 'Events of another instance, one per line, exactly as exported; responds when all are stored',
    params: z.object({ id: z.uuid() }),
    body: z.string({ error: 'must be lines of events, with Content-Type application/x-ndjson' }),
    bodyTypes: ['application/x-ndjson'],
    response: z
      .object({
        events: z.int(),
        imported: z.int().describe('New here'),
        known: z.int().describe('Here already, byte for byte'),
      })
      .meta({ id: 'ImportedBatch' }),
    errors: { 404: ['not_found'], 409: ['import_conflict'], 422: ['import_invalid', 'import_unstorable'] },
  },
})
