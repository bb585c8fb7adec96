import type { Call, ResponseOf } from './call.ts'

type Alerts = ResponseOf<'GET /v1/alerts'>
export type Alert = Alerts['alerts'][number]

export type AlertsApi = {
  /** Of the last seven days, newest first. */
  list(limit?: number): Promise<Alerts>
}

export function createAlertsApi(call: Call): AlertsApi {
  return { list: (limit) => call('GET /v1/alerts', { query: { limit } }) }
}
