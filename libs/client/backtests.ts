import type { BodyOf, Call, ResponseOf } from './call.ts'
import { BacktestEndedError } from './errors.ts'
import { isPassing } from './is-passing.ts'
import { pause } from './pause.ts'

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
  wait(
    id: string,
    options?: { signal?: AbortSignal; onProgress?: (backtest: Backtest) => void },
  ): Promise<Backtest>
  report(id: string): Promise<BacktestReport>
  cancel(id: string): Promise<Backtest>
}

const pollMs = 200
const patienceMs = 30_000

export function createBacktestsApi(call: Call): BacktestsApi {
  const get: BacktestsApi['get'] = (id) => call('GET /v1/backtests/:id', { params: { id } })
  return {
    create: (request) => call('POST /v1/backtests', { json: request }),
    list: async (limit) => (await call('GET /v1/backtests', { query: { limit } })).backtests,
    get,
    async wait(id, { signal, onProgress = () => {} } = {}) {
      let respondedAtMs = performance.now()
      for (;;) {
        signal?.throwIfAborted()
        try {
          const backtest = await get(id)
          respondedAtMs = performance.now()
          onProgress(backtest)
          const { state, error } = backtest
          if (state === 'completed') return backtest
          if (state !== 'queued' && state !== 'running')
            throw new BacktestEndedError(`Backtest ${id} is ${state}${error ? `: ${error}` : ''}`)
        } catch (error) {
          if (!isPassing(error) || performance.now() - respondedAtMs > patienceMs) throw error
        }
        await pause(pollMs, signal)
      }
    },
    report: (id) => call('GET /v1/backtests/:id/report', { params: { id } }),
    cancel: (id) => call('DELETE /v1/backtests/:id', { params: { id } }),
  }
}
