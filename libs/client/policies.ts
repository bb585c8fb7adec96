import type { Call, ResponseOf } from './call.ts'

/** One version of a policy; one without document removed it. */
export type PolicyVersion = ResponseOf<'GET /v1/policies/:name/versions'>['versions'][number]
export type Policy = ResponseOf<'GET /v1/policies/:name'>
export type PolicyDiff = ResponseOf<'GET /v1/policies/:name/diff'>
export type AppliedPolicy = ResponseOf<'PUT /v1/policies'>['applied'][number]
export type PolicyChange = Pick<ResponseOf<'PUT /v1/policies'>, 'setVersion' | 'ingresses'>

/** Which ingresses decide by the set as changed. */
export type Activation = PolicyChange['ingresses']

export type ChangeOptions = {
  /** Why, for the record. */
  reason?: string
  /** Refuse (412) when what is there is another: `set-N` of the set for `apply`, else the policy's version. */
  ifMatch?: string
}

export type PoliciesApi = {
  /** JSON Schema of a policy document. */
  schema(): Promise<Record<string, unknown>>
  /** Those in force, by name. */
  list(): Promise<{ setVersion: number; policies: Policy[] }>
  get(name: string): Promise<Policy>
  /** Every version, newest first. */
  history(name: string): Promise<PolicyVersion[]>
  getVersion(name: string, version: number): Promise<PolicyVersion>
  /** Between two versions; by default what the newest changed. */
  diff(name: string, versions?: { from?: number; to?: number }): Promise<PolicyDiff>
  /** What applying these documents would change. */
  diffDocuments(yaml: string): Promise<PolicyDiff[]>
  validate(yaml: string): Promise<ResponseOf<'POST /v1/policies/validate'>['policies']>
  /** @param yaml one or several policy documents. Resolves when every connected ingress has them. */
  apply(yaml: string, options?: ApplyOptions): Promise<PolicyChange & { applied: AppliedPolicy[] }>
  /** Brings an earlier version back, as a new one. */
  rollback(
    name: string,
    version: number,
    options?: ChangeOptions,
  ): Promise<PolicyChange & AppliedPolicy & { restores: number }>
  remove(name: string, options?: ChangeOptions): Promise<PolicyChange & { name: string; version: number }>
}

export type ApplyOptions = ChangeOptions & {
  /** Digest of a backtest's report that was made of exactly these documents. */
  backtest?: string
}

export function createPoliciesApi(call: Call): PoliciesApi {
  const yaml = (text: string) => ({ type: 'application/yaml' as const, text })
  const expecting = ({ ifMatch }: ChangeOptions): { headers: Record<string, string> } => ({
    headers: ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` },
  })
  return {
    schema: () => call('GET /v1/policies/schema'),
    list: () => call('GET /v1/policies'),
    get: (name) => call('GET /v1/policies/:name', { params: { name } }),
    history: async (name) => (await call('GET /v1/policies/:name/versions', { params: { name } })).versions,
    getVersion: (name, version) =>
      call('GET /v1/policies/:name/versions/:version', { params: { name, version } }),
    diff: (name, query = {}) => call('GET /v1/policies/:name/diff', { params: { name }, query }),
    diffDocuments: async (text) => (await call('POST /v1/policies/diff', { body: yaml(text) })).diffs,
    validate: async (text) => (await call('POST /v1/policies/validate', { body: yaml(text) })).policies,
    apply: (text, { reason, backtest, ...options } = {}) =>
      call('PUT /v1/policies', { body: yaml(text), query: { reason, backtest }, ...expecting(options) }),
    rollback: (name, version, { reason, ...options } = {}) =>
      call('POST /v1/policies/:name/rollback', {
        params: { name },
        json: { version, reason },
        ...expecting(options),
      }),
    remove: (name, { reason, ...options } = {}) =>
      call('DELETE /v1/policies/:name', { params: { name }, query: { reason }, ...expecting(options) }),
  }
}
