import { attemptSchema, exchangeKinds, exchangeStates, searched } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { exchangeId, instant, integer, limit, sha256, time } from '../fields.ts'

const states = z.enum(exchangeStates)

const foundExchangeSchema = z
  .object({
    exchange: z.uuid(),
    state: states,
    tenant: z.string(),
    session: z.string().nullable(),
    requestedAt: time.nullable(),
    endedAt: time.nullable(),
    format: z.string().nullable(),
    path: z.string().nullable(),
    provider: z.string().nullable(),
    kind: z
      .enum(exchangeKinds)
      .describe('Whether a model was asked, or a server of the Model Context Protocol'),
    operation: z.string().nullable().describe('Of the latter: its method, and the tool, prompt or resource'),
    model: z.string().nullable(),
    responseModel: z.string().nullable().describe('As the provider names the model that responded'),
    agent: z.string().nullable(),
    keyId: z.string().nullable(),
    keyName: z.string().nullable(),
    credential: z
      .string()
      .nullable()
      .describe(
        'Keyed fingerprint of the credential that the client presented; null where it presented none',
      ),
    tags: z.array(z.string()),
    decision: z
      .string()
      .nullable()
      .describe('The stronger of what was done about the request and the response'),
    policies: z.array(z.string()).describe('Those that asked for more than to allow it, enforced or not'),
    findings: z.int(),
    findingTypes: z.array(z.string()),
    status: z.int().nullable(),
    errorCode: z.string().nullable(),
    inputTokens: z.int().nullable(),
    outputTokens: z.int().nullable(),
    costUsdMicros: z.int().nullable(),
    durationMs: z.number().nullable(),
  })
  .meta({ id: 'FoundExchange' })

const markSchema = z.object({
  start: z.int(),
  end: z.int().describe('Exclusive; offsets are UTF-16 units'),
  detector: z.string(),
  type: z.string(),
  policies: z.array(z.string()).describe('Those whose verdict rests on it'),
})

const sideSchema = z
  .object({
    state: z.enum(['readable', 'unreadable', 'absent']),
    messages: z.array(
      z.object({
        path: z.string().describe('JSON pointer into the body'),
        role: z.enum(['system', 'user', 'assistant', 'tool', 'unknown']),
        kind: z.enum([
          'text',
          'tool-arguments',
          'tool-result',
          'tool-definition',
          'document',
          'image',
          'unknown',
        ]),
        tool: z.string().optional(),
        text: z.string().describe('Empty of an image'),
        image: z
          .object({
            mediaType: z.string(),
            bytes: z.int(),
            data: z.string().nullable().describe('Base64; null where it has more than 1,000,000 characters'),
          })
          .optional()
          .describe('PNG, JPEG, GIF or WebP that stands in the body itself'),
        left: z.int().optional().describe('Characters that were left out at the end'),
        marks: z.array(markSchema).describe('What detectors found in the text'),
      }),
    ),
    original: z
      .object({ bytes: z.int(), recorded: z.enum(['masked', 'nothing']) })
      .optional()
      .describe(
        'Present where values are masked, or where no content was recorded; `bytes` is what there was',
      ),
  })
  .meta({ id: 'ConversationSide' })

const erasedSchema = z
  .object({
    erasure: z.uuid(),
    at: time.nullable().describe('Null while it is under way'),
    reason: z.string(),
    actor: z.string(),
  })
  .describe('Where its content was erased: when, by whom and why')
  .meta({ id: 'Erased' })

const exchange = z.object({ exchange: exchangeId })
const value = z.string().min(1).max(300)

/** What exchanges are searched for, beside their time and what was said. */
const filters = {
  session: value.optional(),
  agent: searched.agent.optional(),
  model: value.optional().describe('As asked for, or as the provider names it'),
  provider: value.optional(),
  key: searched.key.optional().describe('Id or name of the client key'),
  credential: searched.credential
    .optional()
    .describe('Fingerprint of the credential, as events have it, or how it begins: 8 characters or more'),
  tag: value.optional(),
  policy: searched.policy.optional().describe('A policy that asked for more than to allow it'),
  verdict: searched.verdict
    .optional()
    .describe(
      'What a policy (the one of `policy`, where that is given) asked for: an action, `enforced` or `observed`, or both, such as `block:observed`',
    ),
  finding: value.optional().describe('Type of a finding, such as `EMAIL`'),
  decision: searched.decision.optional(),
  status: searched.status.optional(),
  state: searched.state.optional(),
}

export const exchanges = endpoints({
  'GET /v1/exchanges': {
    role: 'viewer',
    summary:
      'Search exchanges, newest first; `next` continues as `after`. A page may have fewer than `limit`; the last one has no `next`',
    query: z.object({
      from: instant.optional().describe('First instant of a request that is included'),
      until: instant.optional().describe('First instant that is not included'),
      text: searched.text
        .optional()
        .describe(
          'Words that were said: `refund "last invoice" -test`; then by arrival, newest first. Needs role reader',
        ),
      ...filters,
      limit: limit(500, 50),
      after: z
        .string()
        .regex(
          /^(\d{1,15}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
          'is not a cursor; pass `next` as it was given',
        )
        .optional(),
    }),
    response: z.object({ exchanges: z.array(foundExchangeSchema), next: z.string().nullable() }),
    errors: { 400: ['value_unknown'] },
  },
  'GET /v1/exchanges/values': {
    role: 'viewer',
    summary: 'Values that exchanges can be searched for, by kind; at most a thousand of each',
    response: z.object({ values: z.record(z.string(), z.array(z.string())) }),
  },
  'GET /v1/exchanges/live': {
    role: 'viewer',
    summary:
      'Exchanges as they are recorded, as server-sent events: `exchanges` with a list of those that are new or have changed, and `position` now and then. The id of each is a position; what comes after it is sent on the next connection',
    query: z.object({
      ...filters,
      after: integer(0)
        .optional()
        .describe('Position to go on from; default: now. `Last-Event-ID` counts more'),
    }),
    headers: z.object({ 'last-event-id': integer(0).optional() }),
    response: z.string(),
    writes: ['text/event-stream'],
    errors: { 400: ['value_unknown'] },
  },
  'GET /v1/exchanges/errors': {
    role: 'viewer',
    summary:
      'The latest exchanges that failed, broke off, were refused as invalid, or whose outcome never came',
    query: z.object({ limit: limit(100, 20) }),
    response: z.object({ exchanges: z.array(foundExchangeSchema) }),
  },
  'GET /v1/exchanges/:exchange': {
    role: 'viewer',
    summary: 'An exchange: what was decided and why, without its content',
    params: exchange,
    response: foundExchangeSchema.extend({
      requestDecision: z.looseObject({}).nullable(),
      responseDecision: z.looseObject({}).nullable(),
      attempts: z
        .array(attemptSchema)
        .describe('To get a response, in order: of the providers that were asked, each as often as it was'),
      bodies: z.array(
        z.object({
          side: z.enum(['request', 'response', 'delivered']),
          mediaType: z.string(),
          bytes: z.int(),
          sha256,
        }),
      ),
      events: z.array(z.object({ id: z.uuid(), type: z.string(), time })),
      erased: erasedSchema.nullable(),
    }),
    errors: { 404: ['not_found'] },
  },
  'GET /v1/exchanges/:exchange/conversation': {
    role: 'reader',
    summary: 'What was said in an exchange, with what was found in it; a long conversation has several pages',
    params: exchange,
    query: z.object({
      limit: limit(5_000, 1_000).describe(
        'Messages of a page at most, over all sides; fewer where they are long',
      ),
      after: integer(0).default(0).describe('`next` of the page before'),
    }),
    response: z.object({
      exchange: z.uuid(),
      erased: erasedSchema.nullable(),
      request: sideSchema,
      response: sideSchema,
      delivered: sideSchema
        .optional()
        .describe('What the client got, where the provider sent something else'),
      next: z.int().nullable().describe('`after` of the next page; null on the last one'),
    }),
    errors: { 404: ['not_found'] },
  },
  'GET /v1/exchanges/:exchange/body': {
    role: 'reader',
    summary: 'A body of an exchange as it was recorded, also where it is stored in parts',
    params: exchange,
    query: z.object({ sha256: sha256.describe('Of the whole body, as its event has it') }),
    response: z.object({
      exchange: z.uuid(),
      sha256: z.string(),
      text: z.string().nullable().describe('Null: it is no text, or not all of it is recorded'),
      base64: z.string().nullable().describe('Its bytes, where it is recorded and is no text'),
    }),
    errors: { 404: ['not_found'] },
  },
  'GET /v1/exchanges/:exchange/tool-definition': {
    role: 'reader',
    summary: 'How an MCP server defined a tool in the list that it sent in an exchange',
    params: exchange,
    query: z.object({ tool: z.string().min(1).max(1_000) }),
    response: z.object({
      exchange: z.uuid(),
      tool: z.string(),
      definition: z
        .string()
        .nullable()
        .describe('JSON with sorted keys, without `_meta`; null: it is not in what was recorded'),
    }),
    errors: { 404: ['not_found'] },
  },
})
