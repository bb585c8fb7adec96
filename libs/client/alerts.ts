import type { Transport } from './transport.ts'

export type Alert = {
  event: string
  type: string
  /** Origin of the address. */
  target: string
  /** `waiting`, `delivered`, `failed` or `dropped`. */
  state: string
  attempts: number
  createdAt: string
  endedAt: string | null
  lastError: string | null
}

export type AlertsApi = {
  /** Of the last seven days, newest first. */
  list(limit?: number): Promise<{ targets: string[]; counts: Record<string, number>; alerts: Alert[] }>
}

export function createAlertsApi({ json }: Transport): AlertsApi {
  return { list: (limit) => json('GET', '/v1/alerts', { query: { limit } }) }
}
