import type { BodyOf, Call, ResponseOf } from './call.ts'

/** A client key; of the key itself nothing is stored that it could be read from. */
export type Key = ResponseOf<'GET /v1/keys'>['keys'][number]

export type KeysApi = {
  list(): Promise<Key[]>
  get(keyId: string): Promise<Key>
  /** The key itself is in this response and nowhere else; it is absent where an existing credential is admitted. */
  create(request: BodyOf<'POST /v1/keys'>): Promise<ResponseOf<'POST /v1/keys'>>
  /** What is absent stays as it is; null removes it. */
  edit(keyId: string, edits: BodyOf<'PATCH /v1/keys/:keyId'>): Promise<ResponseOf<'PATCH /v1/keys/:keyId'>>
  /** The new key is in this response and nowhere else. */
  rotate(
    keyId: string,
    options?: BodyOf<'POST /v1/keys/:keyId/rotate'>,
  ): Promise<ResponseOf<'POST /v1/keys/:keyId/rotate'>>
  revoke(keyId: string): Promise<ResponseOf<'DELETE /v1/keys/:keyId'>>
}

export function createKeysApi(call: Call): KeysApi {
  return {
    list: async () => (await call('GET /v1/keys')).keys,
    get: (keyId) => call('GET /v1/keys/:keyId', { params: { keyId } }),
    create: (request) => call('POST /v1/keys', { json: request }),
    edit: (keyId, edits) => call('PATCH /v1/keys/:keyId', { params: { keyId }, json: edits }),
    rotate: (keyId, options = {}) =>
      call('POST /v1/keys/:keyId/rotate', { params: { keyId }, json: options }),
    revoke: (keyId) => call('DELETE /v1/keys/:keyId', { params: { keyId } }),
  }
}
