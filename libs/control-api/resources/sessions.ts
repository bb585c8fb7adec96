import { exchangeKinds, exchangeStates } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { instant, limit, time } from '../fields.ts'
import { edgeSchema, nodeSchema } from './lineage.ts'

const sessionSchema = z.object({
  session: z
    .string()
    .describe('Its id: its name, or one made of it where another caller’s session had that name first'),
  name: z.string().describe('As the client named it'),
  caller: z.string().nullable().describe('Whose it is: `key:` and an id, or `credential:` and a fingerprint'),
  tenant: z.string(),
  startedAt: time,
  lastActiveAt: time,
})

const exchangeSchema = z
  .object({
    exchange: z.string(),
    state: z.enum(exchangeStates),
    tenant: z.string(),
    session: z.string(),
    format: z.string().nullable(),
    path: z.string().nullable(),
    provider: z.string().nullable(),
    kind: z
      .enum(exchangeKinds)
      .describe('Whether a model was asked, or a server of the Model Context Protocol'),
    operation: z.string().nullable().describe('Of the latter: its method, and the tool, prompt or resource'),
    model: z.string().nullable(),
    stream: z.boolean().nullable(),
    agent: z.string().nullable(),
    tags: z.array(z.string()),
    requestEvent: z.string().nullable(),
    requestAction: z.string().nullable(),
    requestedAt: time.nullable(),
    outcomeEvent: z.string().nullable(),
    responseAction: z.string().nullable(),
    endedAt: time.nullable(),
    status: z.int().nullable(),
    inputTokens: z.int().nullable(),
    outputTokens: z.int().nullable(),
    errorCode: z.string().nullable(),
  })
  .meta({ id: 'Exchange' })

export const sessions = endpoints({
  'GET /v1/sessions': {
    role: 'viewer',
    summary: 'Sessions by last activity, newest first; `next` continues as `after`',
    query: z.object({
      from: instant.optional(),
      until: instant.optional(),
      limit: limit(1_000, 100),
      after: z
        .string()
        .regex(
          /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z .+$/,
          'is not a cursor; pass `next` as it was given',
        )
        .refine((cursor) => !Number.isNaN(Date.parse(cursor.split(' ')[0]!)), 'is not a cursor')
        .optional(),
    }),
    response: z.object({
      sessions: z.array(
        z
          .object({
            ...sessionSchema.shape,
            exchanges: z.record(z.string(), z.int()).describe('Number of exchanges by state'),
          })
          .meta({ id: 'SessionSummary' }),
      ),
      next: z.string().nullable().describe('Null on the last page'),
    }),
  },
  'GET /v1/sessions/:session': {
    role: 'viewer',
    summary:
      'A session with a page of its exchanges in order, and how many it has; `next` continues as `after`. `include=lineage` adds what flowed through those of the page, `include=new-lineage` the same without what requests repeat',
    params: z.object({ session: z.string() }),
    query: z.object({
      limit: limit(1_000, 200),
      after: z
        .string()
        .regex(
          /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z|unknown) .+$/,
          'is not a cursor; pass `next` as it was given',
        )
        .refine(
          (cursor) => cursor.startsWith('unknown ') || !Number.isNaN(Date.parse(cursor.split(' ')[0]!)),
          'is not a cursor',
        )
        .optional(),
      include: z
        .enum(['lineage', 'new-lineage'])
        .optional()
        .describe(
          '`lineage`: a response is derived from each piece of its request, so the graph grows with the square of the session. `new-lineage`: from those that no request before had, or from the last piece where it has no new one; it grows as the session does, and what was said before the page counts as new where the request before the page had not said it',
        ),
    }),
    response: z
      .object({
        ...sessionSchema.shape,
        exchangeCount: z.int().describe('How many exchanges it has, on all pages'),
        exchanges: z.array(exchangeSchema).describe('Of the page, in the order of their requests'),
        next: z.string().nullable().describe('Null on the last page'),
        others: z
          .array(sessionSchema)
          .describe('Sessions of the same name of other callers, newest activity first; 20 at most'),
        lineage: z
          .object({ nodes: z.array(nodeSchema), edges: z.array(edgeSchema) })
          .optional()
          .describe(
            'With `include`: what came of what in the exchanges of the page, and each piece that one of them had first or that something in them is derived from',
          ),
      })
      .meta({ id: 'Session' }),
    errors: { 404: ['not_found'], 422: ['session_too_large'] },
  },
})
