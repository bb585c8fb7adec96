import { pathSegment, type Transport } from './transport.ts'

/** One version of a policy; one without document removed it. */
export type PolicyVersion = {
  name: string
  version: number
  document: string | null
  /** SHA-256 of the document. */
  digest: string | null
  /** What the document says; null where it cannot be read. */
  mode: string | null
  action: string | null
  direction: string[] | null
  description: string | null
  actor: string
  applied_at: string
  reason: string | null
  /** The earlier version whose document this one has again. */
  restores: number | null
  /** Digest of the backtest's report that was shown for it. */
  backtest: string | null
}

export type Policy = PolicyVersion & { document: string }

export type AppliedPolicy = { name: string; version: number; changed: boolean }

/** Which ingresses decide by the set as changed. */
export type Activation = {
  activated: number
  /** Those that have not told so in time. */
  pending: string[]
  /** Those that cannot use it. */
  rejected: { source: string; error: string }[]
}

export type PolicyChange = { setVersion: number; ingresses: Activation }

export type PolicyDiff = {
  name: string
  from: number | null
  to: number | null
  /** As `diff -u` prints it; empty where nothing differs. */
  unified: string
  hunks: { oldStart: number; oldLines: number; newStart: number; newLines: number; lines: string[] }[]
  fields?: { field: string; before: unknown; after: unknown }[]
}

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
  validate(yaml: string): Promise<{ name: string; mode: string; digest: string }[]>
  /** @param yaml one or several policy documents. Answers when every connected ingress has them. */
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

export function createPoliciesApi({ json }: Transport): PoliciesApi {
  const yamlBody = (text: string) => ({ type: 'application/yaml', text })
  const pathOf = (name: string, rest = '') => `/v1/policies/${pathSegment(name)}${rest}`
  const expecting = ({ ifMatch }: ChangeOptions): { headers: Record<string, string> } => ({
    headers: ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` },
  })
  return {
    schema: () => json('GET', '/v1/policies/schema'),
    list: () => json('GET', '/v1/policies'),
    get: (name) => json('GET', pathOf(name)),
    history: async (name) =>
      (await json<{ versions: PolicyVersion[] }>('GET', pathOf(name, '/versions'))).versions,
    getVersion: (name, version) => json('GET', pathOf(name, `/versions/${version}`)),
    diff: (name, query = {}) => json('GET', pathOf(name, '/diff'), { query }),
    diffDocuments: async (yaml) =>
      (await json<{ diffs: PolicyDiff[] }>('POST', '/v1/policies/diff', { body: yamlBody(yaml) })).diffs,
    validate: async (yaml) => {
      const body = yamlBody(yaml)
      type Answer = { policies: { name: string; mode: string; digest: string }[] }
      return (await json<Answer>('POST', '/v1/policies/validate', { body })).policies
    },
    apply: (yaml, options = {}) =>
      json('PUT', '/v1/policies', {
        body: yamlBody(yaml),
        query: { reason: options.reason, backtest: options.backtest },
        ...expecting(options),
      }),
    rollback: (name, version, options = {}) =>
      json('POST', pathOf(name, '/rollback'), {
        json: { version, reason: options.reason },
        ...expecting(options),
      }),
    remove: (name, options = {}) =>
      json('DELETE', pathOf(name), { query: { reason: options.reason }, ...expecting(options) }),
  }
}
