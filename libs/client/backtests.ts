import type { BodyOf, Call, ResponseOf } from './call.ts'
import { BacktestEndedError } from './errors.ts'
import { type WaitOptions, waitFor } from './wait-for.ts'

export type BacktestRequest = BodyOf<'POST /v1/backtests'>
export type Backtest = ResponseOf<'GET /v1/backtests/:id'>
export type BacktestReport = ResponseOf<'GET /v1/backtests/:id/report'>
export type BacktestCounts = BacktestReport['counts']

export type BacktestsApi = {
  create(request: BacktestRequest): Promise<Backtest>
  /** Newest first. */
  list(limit?: number): Promise<Backtest[]>
  get(id: string): Promise<Backtest>
  /**
   * Resolves when it is completed. AIRS-CP may be unavailable for half a minute.
   * @throws BacktestEndedError when it ended in another way.
   */
  wait(id: string, options?: WaitOptions<Backtest>): Promise<Backtest>
  report(id: string): Promise<BacktestReport>
  cancel(id: string): Promise<Backtest>
}

export function createBacktestsApi(call: Call): BacktestsApi {
  const get: BacktestsApi['get'] = (id) => call('GET /v1/backtests/:id', { params: { id } })
  return {
    create: (request) => call('POST /v1/backtests', { json: request }),
    list: async (limit) => (await call('GET /v1/backtests', { query: { limit } })).backtests,
    get,
    wait: (id, options) => waitFor(() => get(id), isCompleted, options),
    report: (id) => call('GET /v1/backtests/:id/report', { params: { id } }),
    cancel: (id) => call('DELETE /v1/backtests/:id', { params: { id } }),
  }
}

/** @throws BacktestEndedError when it will never be. */
function isCompleted({ id, state, error }: Backtest): boolean {
  if (state === 'completed') return true
  if (state === 'queued' || state === 'running') return false
  throw new BacktestEndedError(`Backtest ${id} is ${state}${error ? `: ${error}` : ''}`)
}
