import { actionSchema, actions } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { exchangeId, idOf, instant, limit, time } from '../fields.ts'

const params = z.object({ id: idOf('a backtest', 'the response that began it has it') })

const backtestSchema = z
  .object({
    id: z.uuid(),
    state: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
    tested: z.array(z.string()).describe('Names of the policies under test'),
    enforce: z.boolean(),
    from: z.string().nullable(),
    until: z.string(),
    exchange: z.string().nullable().describe('The only exchange that is judged'),
    actor: z.string(),
    requestedAt: time,
    endedAt: time.nullable(),
    exchanges: z.int().describe('Judged so far'),
    total: z.int().nullable(),
    percent: z.number(),
    digest: z.string().nullable().describe('SHA-256 of the report; null until it is complete'),
    error: z.string().nullable(),
  })
  .meta({ id: 'Backtest' })

const countsSchema = z
  .object({
    newlyBlocked: z.int(),
    noLongerBlocked: z.int(),
    newlyRedacted: z.int(),
    noLongerRedacted: z.int(),
    otherwiseRefused: z.int(),
  })
  .meta({ id: 'BacktestCounts' })
const byAction = z.partialRecord(z.enum(actions), z.int())

const reportSchema = z
  .object({
    digest: z.string(),
    tested: z.array(z.object({ name: z.string(), document: z.string().describe('SHA-256 of the document') })),
    others: z.string().describe('SHA-256 over the other policies that were in force with them'),
    enforce: z.boolean(),
    from: z.string().nullable(),
    until: z.string(),
    exchange: z.string().optional().describe('The only exchange that was judged'),
    exchanges: z.int(),
    judged: z.int(),
    rejected: z.int(),
    unanswered: z.int().describe('Refused when they were made, so that there was no response to judge'),
    unread: z.array(z.object({ reason: z.string(), sides: z.int() })),
    unreadExchanges: z.array(z.string()),
    before: byAction,
    after: byAction,
    counts: countsSchema.describe('Against what was recorded'),
    fileCounts: countsSchema
      .optional()
      .describe('Against what was in force when it was asked for: what the documents under test change'),
    inForce: z.array(z.string()).optional().describe('Names of the policies that were in force then'),
    byPolicy: z.array(
      z.object({
        policy: z.string(),
        tested: z.boolean(),
        matched: z.int(),
        enforced: z.int(),
        ...countsSchema.shape,
      }),
    ),
    byModel: z.array(z.object({ model: z.string(), exchanges: z.int(), ...countsSchema.shape })),
    bySession: z.array(z.object({ session: z.string(), ...countsSchema.shape })),
    changes: z
      .array(
        z.object({
          difference: countsSchema.keyof(),
          exchange: z.string(),
          session: z.string(),
          model: z.string(),
          time: z.string(),
          before: actionSchema,
          after: actionSchema,
          policies: z.array(z.string()),
        }),
      )
      .describe('The first differences, in order of time'),
    changesLeftOut: z.int().describe('Differences that are counted and not listed'),
  })
  .meta({ id: 'BacktestReport' })

export const backtests = endpoints({
  'POST /v1/backtests': {
    role: 'operator',
    summary:
      'Judge recorded exchanges by policies that are not in force, and report what would have been different',
    body: z.strictObject({
      policies: z.string().describe('One or several policy documents, YAML'),
      from: instant.optional().describe('First instant included'),
      until: instant.optional().describe('First instant not included; default: now'),
      exchange: exchangeId.optional().describe('Only this exchange, whatever range is given'),
      alone: z.boolean().default(false).describe('Without the other policies that are in force'),
      enforce: z.boolean().default(false).describe('Judge the given policies as if they enforced'),
    }),
    status: 202,
    response: backtestSchema,
    errors: { 400: ['policy_invalid'], 404: ['not_found'] },
  },
  'GET /v1/backtests': {
    role: 'viewer',
    summary: 'Backtests, newest first',
    query: z.object({ limit: limit(500, 50) }),
    response: z.object({ backtests: z.array(backtestSchema) }),
  },
  'GET /v1/backtests/:id': {
    role: 'viewer',
    summary: 'State and progress of a backtest',
    params,
    response: backtestSchema,
    errors: { 404: ['not_found'] },
  },
  'GET /v1/backtests/:id/report': {
    role: 'viewer',
    summary:
      'The report of a completed backtest: counts, and the exchanges that would have ended differently',
    params,
    response: reportSchema,
    errors: { 404: ['not_found'], 409: ['not_completed'] },
  },
  'DELETE /v1/backtests/:id': {
    role: 'operator',
    summary: 'Cancel a backtest',
    params,
    response: backtestSchema,
    errors: { 404: ['not_found'], 409: ['ended_already'] },
  },
})
