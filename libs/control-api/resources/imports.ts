import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { idOf, integer, sha256 } from '../fields.ts'

export const imports = endpoints({
  'POST /v1/imports': {
    role: 'admin',
    summary:
      'Begin to bring in events of another instance; the same file in the same parts gives the same id',
    body: z.strictObject({
      sha256,
      bytes: z.int().nonnegative(),
      events: z.int().nonnegative(),
      parts: z
        .strictObject({ count: z.int().nonnegative(), root: sha256 })
        .describe('The bodies in which the events will come, in their order, as a Merkle tree (RFC 9162)'),
    }),
    status: 201,
    response: z.object({ id: z.uuid() }),
  },
  'POST /v1/imports/:id/events': {
    role: 'admin',
    summary: 'Events of another instance, one per line, exactly as exported; responds when all are stored',
    params: z.object({ id: idOf('an import', 'the response that began it has it') }),
    query: z.object({
      part: integer(0).describe('Which of the announced parts the body is, from 0 on'),
      proof: z
        .string()
        .regex(
          /^(?:[0-9a-f]{64}(?:\.[0-9a-f]{64}){0,62})?$/,
          'is hashes in hexadecimal with dots between them',
        )
        .default('')
        .describe('Its inclusion proof, from the leaf up: hashes in hexadecimal with dots between them'),
    }),
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
