import { pathSegment, type Transport } from './transport.ts'

export type Policy = { name: string; version: number; document: string; actor: string; applied_at: string }
export type AppliedPolicy = { name: string; version: number; changed: boolean }

export type PoliciesApi = {
  /** Those in force, by name. */
  list(): Promise<Policy[]>
  get(name: string): Promise<Policy>
  /** @param yaml one or several policy documents. Answers when every connected ingress has been told. */
  apply(yaml: string): Promise<AppliedPolicy[]>
  remove(name: string): Promise<{ name: string; version: number }>
}

export function createPoliciesApi({ json }: Transport): PoliciesApi {
  return {
    list: async () => (await json<{ policies: Policy[] }>('GET', '/v1/policies')).policies,
    get: (name) => json('GET', `/v1/policies/${pathSegment(name)}`),
    apply: async (text) => {
      const body = { type: 'application/yaml', text }
      return (await json<{ applied: AppliedPolicy[] }>('PUT', '/v1/policies', { body })).applied
    },
    remove: (name) => json('DELETE', `/v1/policies/${pathSegment(name)}`),
  }
}
