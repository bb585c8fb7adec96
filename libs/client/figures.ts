import type { Call, ResponseOf } from './call.ts'

export type Overview = ResponseOf<'GET /v1/overview'>
export type UsageReport = ResponseOf<'GET /v1/usage/:by'>
export type UsageKind = UsageReport['by']
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
] as const satisfies readonly UsageKind[]
export type ControlChange = ResponseOf<'GET /v1/changes'>['changes'][number]
export type Ingress = ResponseOf<'GET /v1/ingresses'>['ingresses'][number]
export type ServiceState = ResponseOf<'GET /v1/services/:service'>

type Range = { from?: Date | undefined; until?: Date | undefined }

export type ChangeQuery = Range & {
  kind?: string | undefined
  subject?: string | undefined
  actor?: string | undefined
  limit?: number
}

export type FiguresApi = {
  /** Figures of a time range; of the last day where none is given. */
  overview(range?: Range): Promise<Overview>
  /** The same by agent, key, model and so on, most expensive first. */
  usage(by: UsageKind, options?: Range & { limit?: number }): Promise<UsageReport>
  /** Changes of the control plane, newest first. */
  changes(query?: ChangeQuery): AsyncGenerator<ControlChange>
  /** Ingress processes that run, as far as is known. */
  ingresses(): Promise<Ingress[]>
  service(name: ServiceState['service']): Promise<ServiceState>
}

const pageSize = 100

export function createFiguresApi(call: Call): FiguresApi {
  const written = ({ from, until }: Range) => ({ from: from?.toISOString(), until: until?.toISOString() })
  return {
    overview: (range = {}) => call('GET /v1/overview', { query: written(range) }),
    usage: (by, { limit, ...range } = {}) =>
      call('GET /v1/usage/:by', { params: { by }, query: { ...written(range), limit } }),
    async *changes({ from, until, limit = Number.POSITIVE_INFINITY, ...filter } = {}) {
      let after: number | undefined
      for (let left = limit; left > 0; ) {
        const query = { ...filter, ...written({ from, until }), after, limit: Math.min(left, pageSize) }
        const { changes, next } = await call('GET /v1/changes', { query })
        yield* changes
        if (next === null) return
        after = next
        left -= changes.length
      }
    },
    ingresses: async () => (await call('GET /v1/ingresses')).ingresses,
    service: (service) => call('GET /v1/services/:service', { params: { service } }),
  }
}
