import type { KeyLimits } from '@airs-cp/events'
import { pathSegment, type Transport } from './transport.ts'

/** A client key; of the key itself nothing is kept that it could be read from. */
export type Key = {
  keyId: string
  name: string
  limits: KeyLimits
  spentUsdMicros: number
  /** Where an existing credential was admitted. */
  fingerprint?: string
  actor: string
  createdAt: string
  revokedAt: string | null
}

export type KeysApi = {
  list(): Promise<Key[]>
  /** The key itself is in this answer and nowhere else; it is absent where an existing credential is admitted. */
  create(request: { name: string; fingerprint?: string } & KeyLimits): Promise<{
    keyId: string
    name: string
    key?: string
  }>
  revoke(keyId: string): Promise<{ keyId: string }>
}

export function createKeysApi({ json }: Transport): KeysApi {
  return {
    list: async () => (await json<{ keys: Key[] }>('GET', '/v1/keys')).keys,
    create: (request) => json('POST', '/v1/keys', { json: request }),
    revoke: (keyId) => json('DELETE', `/v1/keys/${pathSegment(keyId)}`),
  }
}
