import type { QuarantineRule } from '@airs-cp/events'
import { pathSegment, type Transport } from './transport.ts'

export type Quarantine = {
  tenant: string
  session: string
  /** `quarantined`, `expired` or `released`. */
  state: string
  quarantinedAt: string
  until: string
  /** `threshold`: it broke the rule; `policy`: a policy's action says so; `manual`: a person did. */
  cause: string
  reason: string
  policy: string | null
  exchange: string | null
  violations: number | null
  actor: string
  releasedAt: string | null
  releasedBy: string | null
  releaseReason: string | null
}

export type QuarantineApi = {
  /** Newest first; with `all` those that are over too. */
  list(options?: { all?: boolean; limit?: number }): Promise<{ rule: QuarantineRule; sessions: Quarantine[] }>
  add(
    session: string,
    options?: { reason?: string; forSeconds?: number; tenant?: string },
  ): Promise<Quarantine>
  release(
    session: string,
    options?: { reason?: string; tenant?: string },
  ): Promise<{ tenant: string; session: string }[]>
  setRule(rule: Partial<QuarantineRule> & { violations: number; reason?: string }): Promise<QuarantineRule>
}

export function createQuarantineApi({ json }: Transport): QuarantineApi {
  const pathOf = (session: string) => `/v1/quarantine/sessions/${pathSegment(session)}`
  return {
    list: ({ all, limit } = {}) =>
      json('GET', '/v1/quarantine', { query: { all: all ? 'true' : undefined, limit } }),
    add: (session, options = {}) => json('PUT', pathOf(session), { json: options }),
    release: async (session, options = {}) => {
      type Answer = { released: { tenant: string; session: string }[] }
      return (await json<Answer>('DELETE', pathOf(session), { query: options })).released
    },
    setRule: (rule) => json('PUT', '/v1/quarantine/rule', { json: rule }),
  }
}
