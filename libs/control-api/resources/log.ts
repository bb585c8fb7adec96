import { receiptSchema } from '@airs-cp/manifest'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { flag, idOf, instant } from '../fields.ts'

const verifierKeys = z.array(z.string()).describe('C2SP verifier keys')

/** A number of a tile is written in groups of three digits, each a segment of the path. */
const tile = (...segments: string[]) =>
  ({
    role: 'viewer',
    summary: 'A tile of hashes, or a bundle of entries: `/v1/log/tile/0/x001/234.p/17` (C2SP tlog-tiles)',
    params: z.object(Object.fromEntries(['level', ...segments].map((name) => [name, z.string()]))),
    writes: ['application/octet-stream'],
    errors: { 404: ['not_found'] },
  }) as const

const receipt = {
  role: 'viewer',
  query: z.object({
    redact: flag
      .default('false')
      .describe(
        'Leave content out: facts and digests stay provable. A receipt with content needs role reader',
      ),
  }),
  response: receiptSchema.meta({ id: 'Receipt' }),
  errors: { 404: ['not_found'], 409: ['not_in_log'] },
} as const

export const log = endpoints({
  'GET /v1/exchanges/:id/proof': {
    ...receipt,
    summary: 'Evidence of all events of an exchange, to be checked offline (docs/log-format.md)',
    params: z.object({ id: z.string() }),
  },
  'GET /v1/events/:id/proof': {
    ...receipt,
    summary: 'Evidence of an event, to be checked offline (docs/log-format.md)',
    params: z.object({ id: idOf('an event', '`airs events` and `airs exchanges show` name it') }),
  },
  'GET /v1/audit/session-proof': {
    ...receipt,
    summary:
      'Evidence of all events of a session, a thousand at most, to be checked offline (docs/log-format.md)',
    query: receipt.query.extend({ session: z.string().min(1).max(1_024).describe('As the client named it') }),
    errors: { 404: ['not_found'], 409: ['not_in_log', 'too_many_events'] },
  },
  'GET /v1/audit/statement': {
    role: 'viewer',
    summary:
      'A signed statement of a range: what the log has of it, and each exception from completeness (docs/log-format.md)',
    query: z.object({
      from: instant.optional().describe('First instant included'),
      until: instant.optional().describe('First instant not included'),
    }),
    writes: ['text/plain'],
    errors: { 409: ['log_stands_still'] },
  },
  'GET /v1/log': {
    role: 'viewer',
    summary: 'State of the transparency log: its size, keys and witnesses, and why it stands still',
    response: z
      .object({
        state: z.enum(['waiting', 'sound', 'halted']),
        problem: z.string().nullable().describe('Why nothing is signed, and what to do'),
        origin: z.string().nullable(),
        generation: z.int().nullable().describe('1 for the first log of this store'),
        keys: verifierKeys,
        size: z.int().describe('Leaves: one for each event'),
        signed: z.object({ size: z.int() }).nullable(),
        removed: z.array(z.int()).describe('Positions of events that were removed before they had a leaf'),
        witnesses: z.array(
          z.object({
            name: z.string(),
            url: z.string(),
            size: z.int().describe('Of the last checkpoint that it has cosigned'),
            cosignedAt: z.string().nullable(),
            problem: z.string().nullable(),
          }),
        ),
        anchors: z.array(
          z.object({
            name: z.string(),
            problem: z.string().nullable().describe('Why the newest checkpoint is not kept there'),
          }),
        ),
        hasQuorum: z.boolean().describe('Whether a quorum of witnesses cosigns, where one is asked for'),
      })
      .meta({ id: 'LogStatus' }),
  },
  'GET /v1/log/checkpoint': {
    role: 'viewer',
    summary: 'The newest published checkpoint: a signed note (C2SP tlog-checkpoint)',
    writes: ['text/plain'],
    errors: { 404: ['not_found'] },
  },
  'GET /v1/log/keys': {
    role: 'viewer',
    summary: 'Keys that the log signs with',
    response: z.object({
      origin: z.string().nullable(),
      keys: z.array(z.object({ id: z.string(), key: z.string().describe('C2SP verifier key') })),
    }),
  },
  'POST /v1/log/keys': {
    role: 'admin',
    summary: 'Add a key: from then on the log signs with all of them',
    status: 201,
    response: z.object({ keys: verifierKeys }),
  },
  'DELETE /v1/log/keys/:id': {
    role: 'admin',
    summary: 'Stop signing with a key',
    params: z.object({ id: z.string().regex(/^[0-9a-f]{8}$/, 'is eight hexadecimal digits') }),
    response: z.object({ keys: verifierKeys }),
    errors: { 409: ['key_not_removed'] },
  },
  'POST /v1/log/successors': {
    role: 'admin',
    summary: 'Begin a new log that names this one, where this one cannot go on',
    body: z.strictObject({ reason: z.string().min(1).max(1_000) }),
    status: 201,
    response: z.object({
      origin: z.string(),
      predecessor: z.string().nullable().describe('The last signed checkpoint of the log before'),
    }),
  },
  'GET /v1/log/tile/:level/:a': tile('a'),
  'GET /v1/log/tile/:level/:a/:b': tile('a', 'b'),
  'GET /v1/log/tile/:level/:a/:b/:c': tile('a', 'b', 'c'),
  'GET /v1/log/tile/:level/:a/:b/:c/:d': tile('a', 'b', 'c', 'd'),
  'GET /v1/log/tile/:level/:a/:b/:c/:d/:e': tile('a', 'b', 'c', 'd', 'e'),
})
