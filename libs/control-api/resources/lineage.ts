import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { idOf, integer, limit, sha256, time } from '../fields.ts'

export const nodeSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(['message', 'answer', 'reasoning', 'tool-call', 'tool-result', 'source']),
    role: z.string().nullish(),
    generated: z.boolean().describe('A model of this session has written it'),
    digest: z.string().describe('SHA-256; of plain text, that of its UTF-8 bytes'),
    bytes: z.int(),
    name: z.string().nullish().describe('Of a tool or a source'),
    callId: z.string().nullish(),
    exchange: z.string().describe('Where it occurred first'),
    direction: z.enum(['request', 'response']),
    position: z.int(),
  })
  .describe('A piece of content that flowed through a session')
  .meta({ id: 'LineageNode' })

export const edgeSchema = z
  .object({
    node: z.string(),
    derivedFrom: z.array(z.string()),
    relation: z.enum(['request', 'call', 'continuation']),
    exchange: z.string().nullable().describe('In which it was derived; null for a result and its call'),
  })
  .meta({ id: 'LineageEdge' })

const traceQuery = z.object({
  direction: z.enum(['backwards', 'forwards']).default('backwards'),
  depth: integer(0, 1_000_000).default(1_000_000),
  limit: limit(10_000, 1_000),
})

const traceSchema = z
  .object({
    session: z.string(),
    direction: z.enum(['backwards', 'forwards']),
    start: z.array(z.string()).describe('Nodes where the trace began'),
    nodes: z
      .array(z.object({ session: z.string(), ...nodeSchema.shape, depth: z.int() }))
      .describe('By distance from the start'),
    edges: z.array(edgeSchema),
    truncated: z.boolean().describe('There are more nodes than the limit allowed'),
  })
  .meta({ id: 'Trace' })

const rebuildSchema = z
  .object({
    id: z.int(),
    position: z.int().describe('Position in the event store up to which it has come'),
    untilPosition: z.int(),
    requestedAt: time,
    finishedAt: time.nullable(),
  })
  .meta({ id: 'Rebuild' })

export const lineage = endpoints({
  'GET /v1/lineage': {
    role: 'viewer',
    summary: 'How many large bodies are about to be read, and how many have long missed pieces',
    response: z.object({ pending: z.int(), incomplete: z.int() }).meta({ id: 'LineageBacklog' }),
  },
  'GET /v1/lineage/exchanges/:exchange': {
    role: 'viewer',
    summary: 'What a response was derived from (`direction=backwards`), or what was made of it (`forwards`)',
    params: z.object({ exchange: z.string() }),
    query: traceQuery,
    response: traceSchema,
    errors: { 404: ['not_found'], 422: ['session_too_large'] },
  },
  'GET /v1/lineage/nodes/:id': {
    role: 'viewer',
    summary: 'The same from one node of a session',
    params: z.object({ id: idOf('a piece of content', 'the lineage of its session lists it') }),
    query: traceQuery.extend({ session: z.string() }),
    response: traceSchema,
    errors: { 404: ['not_found'], 422: ['session_too_large'] },
  },
  'GET /v1/lineage/nodes': {
    role: 'viewer',
    summary: 'Where content occurs, in whichever sessions, by its SHA-256',
    query: z.object({ digest: sha256, limit: limit(1_000, 100) }),
    response: z.object({ nodes: z.array(z.object({ session: z.string(), ...nodeSchema.shape })) }),
  },
  'POST /v1/lineage/rebuilds': {
    role: 'admin',
    summary: 'Apply everything that the event store holds again; what is there serves meanwhile',
    status: 202,
    response: rebuildSchema,
  },
  'GET /v1/lineage/rebuilds': {
    role: 'viewer',
    summary: 'Rebuilds, newest first, and how far they are',
    response: z.object({ rebuilds: z.array(rebuildSchema) }),
  },
})
