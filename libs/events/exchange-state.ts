import type { McpMessage } from './traffic.ts'
import { eventTypes } from './types.ts'

/** How far an exchange has come, as its events show. */
export const exchangeStates = [
  'open',
  'completed',
  'request-blocked',
  'request-rejected',
  'response-blocked',
  'failed',
  'aborted',
  'abandoned',
] as const
export type ExchangeState = (typeof exchangeStates)[number]

/** Exchanges that end so got no response as they should, and neither a policy nor their client wanted that. */
export const failedStates: ReadonlySet<ExchangeState> = new Set(['failed', 'abandoned'])

/** How the event that opens an exchange leaves it, by its type. */
export const openingStates: Partial<Record<string, ExchangeState>> = {
  [eventTypes.requestReceived]: 'open',
  [eventTypes.requestBlocked]: 'request-blocked',
  [eventTypes.requestRejected]: 'request-rejected',
}

/** How the event that ends an exchange leaves it, by its type. */
export const outcomeStates: Partial<Record<string, ExchangeState>> = {
  [eventTypes.responseCompleted]: 'completed',
  [eventTypes.responseBlocked]: 'response-blocked',
  [eventTypes.responseFailed]: 'failed',
  [eventTypes.responseAborted]: 'aborted',
  [eventTypes.exchangeAbandoned]: 'abandoned',
}

/** Which state counts where two events of an exchange report one: an outcome more than an abandonment, and that more than none. */
export function stateRank(state: ExchangeState): number {
  return state === 'open' ? 0 : state === 'abandoned' ? 1 : 2
}

/** Whom an exchange is with: a model, or a server of the Model Context Protocol. */
export const exchangeKinds = ['model', 'mcp'] as const
export type ExchangeKind = (typeof exchangeKinds)[number]

/** What such an exchange with a server asks for: `tools/call search`, `tools/list`, `stream`. */
export function operationOf({ kind, method, name, direction }: McpMessage): string {
  const asked = [method ?? kind, ...(name === undefined ? [] : [name])].join(' ')
  return direction === 'server-to-client' ? `${asked} (asked by the server)` : asked
}

export function kindOfExchange({ operation }: { operation: string | null }): ExchangeKind {
  return operation === null ? 'model' : 'mcp'
}
