import { actions, exchangeStates } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { instant, limit, time } from '../fields.ts'
import { upstreamSchema } from './ingresses.ts'
import { projectionSchema } from './services.ts'

const range = {
  from: instant.optional().describe('First instant included; default: a day ago'),
  until: instant.optional().describe('First instant not included; default: now'),
}

/** Figures of exchanges by the time of their request. */
const measures = {
  exchanges: z.int(),
  open: z.int().describe('Whose outcome has not arrived'),
  failed: z
    .int()
    .describe('That the provider failed or refused, that broke off, or whose outcome never came'),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costUsdMicros: z.int(),
}

const latencySchema = z
  .object({ p50: z.number(), p95: z.number(), p99: z.number() })
  .describe('Duration of exchanges in ms, from a histogram: at most 19 % off')
  .meta({ id: 'LatencyMs' })

const byAction = z.partialRecord(z.enum(actions), z.int())

/** What exchanges are counted by. */
export const usageKinds = [
  'agent',
  'key',
  'model',
  'provider',
  'tag',
  'policy',
  'finding',
  'error',
  'state',
] as const

const usageSchema = z
  .object({
    value: z.string().describe('Of a key: its id. Empty: all values after the first thousand of a kind'),
    name: z.string().optional().describe('Of a key'),
    ...measures,
  })
  .meta({ id: 'Usage' })

const rounded = {
  from: time.describe('As counted: rounded outward to whole steps'),
  until: time,
  stepSeconds: z.int().describe('Length of a step of the series; at most 120 are sent'),
}

export const overview = endpoints({
  'GET /v1/overview': {
    role: 'viewer',
    summary: 'Figures of a time range, by the time of the request: what was sent, decided, failed and paid',
    query: z.object(range),
    response: z
      .object({
        ...rounded,
        completeness: z.object({
          numbered: z.int().describe('Events that ingresses have numbered, as far as is known; of all time'),
          recorded: z.int().describe('Of them, those that are recorded without a gap before them'),
          openExchanges: z.int(),
          abandonedExchanges: z.int(),
          gaps: z.object({ open: z.int(), lostEvents: z.int() }),
        }),
        checkpoint: z
          .object({ size: z.int(), publishedAt: time, ageSeconds: z.number() })
          .nullable()
          .describe('The last one that is published'),
        projections: z.array(projectionSchema).describe('Of the event store; see /v1/services for others'),
        upstreams: z.array(upstreamSchema).describe('Where ingresses that run send requests'),
        totals: z.object({ ...measures, latencyMs: latencySchema.nullable(), decisions: byAction }),
        series: z.array(
          z.object({
            at: time,
            ...measures,
            latencyMs: latencySchema.nullable(),
            decisions: byAction,
          }),
        ),
        states: z.partialRecord(z.enum(exchangeStates), z.int()),
        policies: z
          .array(
            z.object({
              policy: z.string(),
              enforced: byAction.describe('What it did'),
              observed: byAction.describe('What it would have done, had it or the mode enforced'),
              series: z.array(z.object({ at: time, enforced: byAction, observed: byAction })),
            }),
          )
          .describe('The ten that asked for most'),
        providers: z.array(
          z.object({ provider: z.string(), ...measures, latencyMs: latencySchema.nullable() }),
        ),
        errors: z.array(z.object({ code: z.string(), exchanges: z.int() })).describe('The ten most frequent'),
        findings: z
          .array(z.object({ type: z.string(), exchanges: z.int() }))
          .describe('The ten most frequent'),
        agents: z.array(usageSchema).describe('The ten that cost most'),
        keys: z.array(usageSchema).describe('The ten that cost most'),
        models: z.array(usageSchema).describe('The ten that cost most'),
        tags: z.array(usageSchema).describe('The ten that cost most'),
      })
      .meta({ id: 'Overview' }),
  },
  'GET /v1/usage/:by': {
    role: 'viewer',
    summary:
      'Exchanges, errors, tokens and cost of a time range by agent, key, model and so on, most expensive first',
    params: z.object({ by: z.enum(usageKinds) }),
    query: z.object({ ...range, limit: limit(1_000, 100) }),
    response: z.object({
      ...rounded,
      by: z.enum(usageKinds),
      usage: z.array(usageSchema.extend({ lastUsedAt: time.nullable().describe('Null: not known') })),
    }),
  },
})
