import { appendControlEvent, type Bus, type RunningProjection } from '@airs-cp/bus'
import { type BacktestRequested, eventTypes, maxEventBytes, uuidv7 } from '@airs-cp/events'
import { type Api, ApiError, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { currentPolicies } from '../policies/policies.ts'
import { readUsablePolicies } from '../policies/read-policies.ts'
import type { PolicyTables } from '../tables.ts'
import { type Backtest, findBacktest, findReport, listBacktests } from './backtests.ts'
import type { Backtests } from './start-backtests.ts'

const idSchema = z.object({ id: z.uuid() })
const requestSchema = z.strictObject({
  policies: z.string().describe('One or several policy documents, YAML'),
  from: z.iso.datetime({ offset: true }).optional().describe('First instant included'),
  until: z.iso.datetime({ offset: true }).optional().describe('First instant not included; default: now'),
  alone: z.boolean().default(false).describe('Without the other policies that are in force'),
  enforce: z.boolean().default(false).describe('Judge the given policies as if they enforced'),
})
const backtestSchema = z.object({
  id: z.uuid(),
  state: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
  tested: z.array(z.string()),
  enforce: z.boolean(),
  from: z.string().nullable(),
  until: z.string(),
  actor: z.string(),
  requestedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  exchanges: z.int().describe('Judged so far'),
  total: z.int().nullable(),
  percent: z.number(),
  digest: z.string().nullable().describe('SHA-256 of the report; null until it is complete'),
  error: z.string().nullable(),
})

/** Backtests: policies judged on what was recorded. */
export function addBacktestRoutes(
  { route }: Api,
  {
    bus,
    database,
    projection,
    backtests,
  }: { bus: Bus; database: Kysely<PolicyTables>; projection: RunningProjection; backtests: Backtests },
): void {
  const describe = (backtest: Backtest) => described(backtest, backtests)
  const get = async (id: string) => {
    const found = await findBacktest(database, id)
    if (!found) throw notFound(`Backtest ${id}`)
    return found
  }
  route(
    'post',
    '/v1/backtests',
    {
      role: 'operator',
      summary:
        'Judge recorded exchanges by policies that are not in force, and tell what would have been different',
      body: requestSchema,
      answer: backtestSchema,
      status: 202,
    },
    async ({ body, caller }) => {
      const request = await requestOf(database, body, caller.name)
      const { id } = await appendControlEvent(bus, '/airs/policy', eventTypes.backtestRequested, request)
      await projection.applied(id)
      backtests.wake()
      return describe(await get(request.backtestId))
    },
  )
  route(
    'get',
    '/v1/backtests',
    {
      role: 'viewer',
      summary: 'Backtests, newest first',
      query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
      answer: z.object({ backtests: z.array(backtestSchema) }),
    },
    async ({ query }) => ({ backtests: (await listBacktests(database, query.limit)).map(describe) }),
  )
  route(
    'get',
    '/v1/backtests/:id',
    { role: 'viewer', summary: 'State and progress of a backtest', params: idSchema, answer: backtestSchema },
    async ({ params }) => describe(await get(params.id)),
  )
  route(
    'get',
    '/v1/backtests/:id/report',
    {
      role: 'viewer',
      summary:
        'The report of a completed backtest: counts, and the exchanges that would have ended differently',
      params: idSchema,
      answer: z.looseObject({ digest: z.string() }),
    },
    async ({ params }) => {
      const backtest = await get(params.id)
      const report = await findReport(database, { id: params.id })
      if (!report)
        throw new ApiError(
          409,
          'not_completed',
          `Backtest ${params.id} is ${backtest.state} and has no report`,
        )
      return { digest: backtest.digest, ...report }
    },
  )
  route(
    'delete',
    '/v1/backtests/:id',
    { role: 'operator', summary: 'Cancel a backtest', params: idSchema, answer: backtestSchema },
    async ({ params, caller }) => {
      const { state } = await get(params.id)
      if (state !== 'queued')
        throw new ApiError(409, 'ended_already', `Backtest ${params.id} is ${state} already`)
      const data = { backtestId: params.id, actor: caller.name }
      const { id } = await appendControlEvent(bus, '/airs/policy', eventTypes.backtestCancelled, data)
      await projection.applied(id)
      return describe(await get(params.id))
    },
  )
}

async function requestOf(
  database: Kysely<PolicyTables>,
  { policies: yaml, from, until, alone, enforce }: z.infer<typeof requestSchema>,
  actor: string,
): Promise<BacktestRequested> {
  const given = readUsablePolicies(yaml).map(({ policy, source }) => ({
    name: policy.name,
    version: 1,
    document: source,
  }))
  const tested = given.map(({ name }) => name)
  const beside = alone ? [] : await currentPolicies(database)
  const request: BacktestRequested = {
    backtestId: uuidv7(),
    tested,
    policies: [
      ...beside
        .filter(({ name }) => !tested.includes(name))
        .map(({ name, version, document }) => ({ name, version, document })),
      ...given,
    ],
    enforce,
    until: new Date(until ?? Date.now()).toISOString(),
    ...(from !== undefined && { from: new Date(from).toISOString() }),
    actor,
  }
  if (request.from !== undefined && request.from >= request.until)
    throw new ApiError(400, 'invalid_request', `"from" (${from}) is not before "until" (${request.until})`)
  if (Buffer.byteLength(JSON.stringify(request)) > maxEventBytes - 4_096)
    throw new ApiError(413, 'body_too_large', 'The policies are too large together to be tested at once')
  return request
}

function described({ request, ...backtest }: Backtest, { progress }: Backtests) {
  const { tested, enforce, from, until } = request
  const running = backtest.state === 'queued' ? progress(backtest.id) : undefined
  const isDone = backtest.state === 'completed'
  return {
    ...backtest,
    state: running ? 'running' : backtest.state,
    tested,
    enforce,
    from: from ?? null,
    until,
    exchanges: running?.exchanges ?? 0,
    total: running?.total ?? null,
    percent: isDone ? 100 : running?.total ? Math.floor((running.exchanges * 1_000) / running.total) / 10 : 0,
  }
}
