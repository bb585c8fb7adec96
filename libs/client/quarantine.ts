import type { BodyOf, Call, QueryOf, ResponseOf } from './call.ts'

type Quarantines = ResponseOf<'GET /v1/quarantine'>
export type Quarantine = Quarantines['sessions'][number]
export type CallerQuarantine = Quarantines['callers'][number]

export type QuarantineApi = {
  /** Newest first; with `all` those that are over too. */
  list(options?: { all?: boolean; limit?: number }): Promise<Quarantines>
  add(
    session: string,
    options?: BodyOf<'PUT /v1/quarantine/sessions/:session'>,
  ): Promise<ResponseOf<'PUT /v1/quarantine/sessions/:session'>>
  release(
    session: string,
    options?: QueryOf<'DELETE /v1/quarantine/sessions/:session'>,
  ): Promise<ResponseOf<'DELETE /v1/quarantine/sessions/:session'>>
  /** A client key (`key:ID`) or another credential (`credential:FINGERPRINT`), whatever session it names. */
  addCaller(
    caller: string,
    options?: BodyOf<'PUT /v1/quarantine/callers/:caller'>,
  ): Promise<ResponseOf<'PUT /v1/quarantine/callers/:caller'>>
  releaseCaller(
    caller: string,
    options?: QueryOf<'DELETE /v1/quarantine/callers/:caller'>,
  ): Promise<ResponseOf<'DELETE /v1/quarantine/callers/:caller'>>
  setRule(rule: BodyOf<'PUT /v1/quarantine/rule'>): Promise<Quarantines['rule']>
}

export function createQuarantineApi(call: Call): QuarantineApi {
  return {
    list: ({ all, limit } = {}) =>
      call('GET /v1/quarantine', { query: { all: all ? 'true' : undefined, limit } }),
    add: (session, options = {}) =>
      call('PUT /v1/quarantine/sessions/:session', { params: { session }, json: options }),
    release: (session, query = {}) =>
      call('DELETE /v1/quarantine/sessions/:session', { params: { session }, query }),
    addCaller: (caller, options = {}) =>
      call('PUT /v1/quarantine/callers/:caller', { params: { caller }, json: options }),
    releaseCaller: (caller, query = {}) =>
      call('DELETE /v1/quarantine/callers/:caller', { params: { caller }, query }),
    setRule: (rule) => call('PUT /v1/quarantine/rule', { json: rule }),
  }
}
