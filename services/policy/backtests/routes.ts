import { appendControlEvent, type Bus, type RunningProjection } from '@airs-cp/bus'
import { type Contract, contract, type Parsed } from '@airs-cp/control-api'
import { type BacktestRequested, eventTypes, maxEventBytes, uuidv7 } from '@airs-cp/events'
import { type Api, ApiError, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { currentPolicies } from '../policies/policies.ts'
import type { PolicyReader } from '../policies/policy-reader.ts'
import type { PolicyTables } from '../tables.ts'
import { type Backtest, findBacktest, findReport, listBacktests } from './backtests.ts'
import { isRecorded } from './read-exchanges.ts'
import type { Backtests } from './start-backtests.ts'

/** Backtests: policies judged on what was recorded. */
export function addBacktestRoutes(
  api: Api,
  {
    bus,
    database,
    projection,
    backtests,
    reader,
  }: {
    bus: Bus
    database: Kysely<PolicyTables>
    projection: RunningProjection
    backtests: Backtests
    reader: PolicyReader
  },
): void {
  const describe = (backtest: Backtest) => described(backtest, backtests)
  const get = async (id: string) => {
    const found = await findBacktest(database, id)
    if (!found) throw notFound(`Backtest ${id}`)
    return found
  }
  api.implement(contract.policy.backtests, {
    'POST /v1/backtests': async ({ body, caller }) => {
      const request = await requestOf(database, reader, body, caller.name)
      const { id } = await appendControlEvent(bus, '/airs/policy', eventTypes.backtestRequested, request)
      await projection.applied(id)
      backtests.wake()
      return describe(await get(request.backtestId))
    },
    'GET /v1/backtests': async ({ query }) => ({
      backtests: (await listBacktests(database, query.limit)).map(describe),
    }),
    'GET /v1/backtests/:id': async ({ params }) => describe(await get(params.id)),
    'GET /v1/backtests/:id/report': async ({ params }) => {
      const backtest = await get(params.id)
      const report = await findReport(database, { id: params.id })
      if (!report || backtest.digest === null)
        throw new ApiError(
          409,
          'not_completed',
          `Backtest ${params.id} is ${backtest.state} and has no report`,
        )
      return { digest: backtest.digest, ...report }
    },
    'DELETE /v1/backtests/:id': async ({ params, caller }) => {
      const { state } = await get(params.id)
      if (state !== 'queued')
        throw new ApiError(409, 'ended_already', `Backtest ${params.id} is ${state} already`)
      const data = { backtestId: params.id, actor: caller.name }
      const { id } = await appendControlEvent(bus, '/airs/policy', eventTypes.backtestCancelled, data)
      await projection.applied(id)
      return describe(await get(params.id))
    },
  })
}

async function requestOf(
  database: Kysely<PolicyTables>,
  reader: PolicyReader,
  { policies: yaml, from, until, exchange, alone, enforce }: Parsed<Contract['POST /v1/backtests']['body']>,
  actor: string,
): Promise<BacktestRequested> {
  if (exchange !== undefined && !(await isRecorded(database, exchange)))
    throw notFound(`Exchange ${exchange}`)
  const given = (await reader.tryOut(yaml)).map(({ policy, source }) => ({
    name: policy.name,
    version: 1,
    document: source,
  }))
  const tested = given.map(({ name }) => name)
  const inForce = await currentPolicies(database)
  const beside = alone ? [] : inForce
  const request: BacktestRequested = {
    backtestId: uuidv7(),
    tested,
    policies: [
      ...beside
        .filter(({ name }) => !tested.includes(name))
        .map(({ name, version, document }) => ({ name, version, document })),
      ...given,
    ],
    replaced: inForce
      .filter(({ name }) => tested.includes(name))
      .map(({ name, version, document }) => ({ name, version, document })),
    inForce: inForce.map(({ name }) => name).sort(),
    enforce,
    until: ((exchange === undefined && until) || new Date()).toISOString(),
    ...(exchange === undefined ? from !== undefined && { from: from.toISOString() } : { exchange }),
    actor,
  }
  if (request.from !== undefined && request.from >= request.until)
    throw new ApiError(
      400,
      'invalid_request',
      `"from" (${request.from}) is not before "until" (${request.until})`,
    )
  if (Buffer.byteLength(JSON.stringify(request)) > maxEventBytes - 4_096)
    throw new ApiError(413, 'body_too_large', 'The policies are too large together to be tested at once')
  return request
}

function described({ request, ...backtest }: Backtest, { progress }: Backtests) {
  const { tested, enforce, from, until, exchange } = request
  const running = backtest.state === 'queued' ? progress(backtest.id) : undefined
  const isDone = backtest.state === 'completed'
  return {
    ...backtest,
    state: running ? ('running' as const) : backtest.state,
    tested,
    enforce,
    from: from ?? null,
    until,
    exchange: exchange ?? null,
    exchanges: running?.exchanges ?? 0,
    total: running?.total ?? null,
    percent: isDone ? 100 : running?.total ? Math.floor((running.exchanges * 1_000) / running.total) / 10 : 0,
  }
}
