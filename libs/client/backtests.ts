import { BacktestEndedError } from './errors.ts'
import { isPassing } from './is-passing.ts'
import { pause } from './pause.ts'
import { pathSegment, type Transport } from './transport.ts'

export type BacktestRequest = {
  /** One or several policy documents, YAML. */
  policies: string
  from?: Date
  /** Not included; default: now. */
  until?: Date
  /** Without the other policies that are in force. */
  alone?: boolean
  /** Judge the given policies as if they enforced. */
  enforce?: boolean
}

export type Backtest = {
  id: string
  state: string
  tested: string[]
  enforce: boolean
  from: string | null
  until: string
  actor: string
  requestedAt: string
  endedAt: string | null
  exchanges: number
  total: number | null
  percent: number
  digest: string | null
  error: string | null
}

export type BacktestCounts = {
  newlyBlocked: number
  noLongerBlocked: number
  newlyRedacted: number
  noLongerRedacted: number
  otherwiseRefused: number
}

export type BacktestReport = {
  digest: string
  tested: { name: string; document: string }[]
  enforce: boolean
  from: string | null
  until: string
  exchanges: number
  judged: number
  rejected: number
  /** Refused when they were made, so that there was no answer to judge. */
  unanswered: number
  unread: { reason: string; sides: number }[]
  unreadExchanges: string[]
  before: Record<string, number>
  after: Record<string, number>
  counts: BacktestCounts
  byPolicy: ({ policy: string; tested: boolean; matched: number; enforced: number } & BacktestCounts)[]
  byModel: ({ model: string; exchanges: number } & BacktestCounts)[]
  bySession: ({ session: string } & BacktestCounts)[]
  changes: {
    difference: string
    exchange: string
    session: string
    model: string
    time: string
    before: string
    after: string
    policies: string[]
  }[]
  changesLeftOut: number
}

export type BacktestsApi = {
  create(request: BacktestRequest): Promise<Backtest>
  /** Newest first. */
  list(limit?: number): Promise<Backtest[]>
  get(id: string): Promise<Backtest>
  /**
   * Resolves when it is completed. Bears AIRS-CP being away for half a minute.
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

export function createBacktestsApi({ json }: Transport): BacktestsApi {
  const pathOf = (id: string) => `/v1/backtests/${pathSegment(id)}`
  const get: BacktestsApi['get'] = (id) => json('GET', pathOf(id))
  return {
    create: (request) => json('POST', '/v1/backtests', { json: request }),
    list: async (limit) =>
      (await json<{ backtests: Backtest[] }>('GET', '/v1/backtests', { query: { limit } })).backtests,
    get,
    async wait(id, { signal, onProgress = () => {} } = {}) {
      let answeredAtMs = performance.now()
      for (;;) {
        signal?.throwIfAborted()
        try {
          const backtest = await get(id)
          answeredAtMs = performance.now()
          onProgress(backtest)
          const { state, error } = backtest
          if (state === 'completed') return backtest
          if (state !== 'queued' && state !== 'running')
            throw new BacktestEndedError(`Backtest ${id} is ${state}${error ? `: ${error}` : ''}`)
        } catch (error) {
          if (!isPassing(error) || performance.now() - answeredAtMs > patienceMs) throw error
        }
        await pause(pollMs, signal)
      }
    },
    report: (id) => json('GET', `${pathOf(id)}/report`),
    cancel: (id) => json('DELETE', pathOf(id)),
  }
}
