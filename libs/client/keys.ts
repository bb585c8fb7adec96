import type { BodyOf, Call, ResponseOf } from './call.ts'

/** A client key; of the key itself nothing is stored that it could be read from. */
export type Key = ResponseOf<'GET /v1/keys'>['keys'][number]

export type KeysApi = {
  list(): Promise<Key[]>
  /** The key itself is in this response and nowhere else; it is absent where an existing credential is admitted. */
  create(request: BodyOf<'POST /v1/keys'>): Promise<ResponseOf<'POST /v1/keys'>>
  revoke(keyId: string): Promise<ResponseOf<'DELETE /v1/keys/:keyId'>>
}

export function createKeysApi(call: Call): KeysApi {
  return {
    list: async () => (await call('GET /v1/keys')).keys,
    create: (request) => call('POST /v1/keys', { json: request }),
    revoke: (keyId) => call('DELETE /v1/keys/:keyId', { params: { keyId } }),
  }
}
