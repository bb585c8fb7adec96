import type { Call, ResponseOf } from './call.ts'
import type { Transport } from './transport.ts'

export type LogStatus = ResponseOf<'GET /v1/log'>
export type LogSuccessor = ResponseOf<'POST /v1/log/successors'>

export type Receipt = ResponseOf<'GET /v1/events/:id/proof'>

export type LogApi = {
  status(): Promise<LogStatus>
  /** C2SP verifier keys. Resolves when the log signs with the new key too. */
  addKey(): Promise<string[]>
  /** @param id eight hexadecimal digits. */
  removeKey(id: string): Promise<string[]>
  /** Begins a log that names the one before. */
  begin(reason: string): Promise<LogSuccessor>
  /** The newest published checkpoint: a signed note. */
  checkpoint(): Promise<string>
  /** Evidence of an event, or of all events of an exchange or a session, to be checked offline. */
  receipt(of: 'event' | 'exchange' | 'session', id: string, options?: { redact?: boolean }): Promise<Receipt>
  /** A tile or bundle by its path in C2SP tlog-tiles, such as `tile/0/000.p/17`. */
  tile(path: string): Promise<Buffer>
}

export function createLogApi(transport: Transport, call: Call): LogApi {
  return {
    status: () => call('GET /v1/log'),
    addKey: async () => (await call('POST /v1/log/keys')).keys,
    removeKey: async (id) => (await call('DELETE /v1/log/keys/:id', { params: { id } })).keys,
    begin: (reason) => call('POST /v1/log/successors', { json: { reason } }),
    checkpoint: () => transport.text('GET', '/v1/log/checkpoint'),
    receipt: (of, id, { redact = false } = {}) => {
      const query = { redact: redact ? ('true' as const) : ('false' as const) }
      if (of === 'session') return call('GET /v1/audit/session-proof', { query: { ...query, session: id } })
      const sent = { params: { id }, query }
      return of === 'event'
        ? call('GET /v1/events/:id/proof', sent)
        : call('GET /v1/exchanges/:id/proof', sent)
    },
    async tile(path) {
      const { body } = await transport.open('GET', `/v1/log/${path}`)
      const chunks: Buffer[] = []
      for await (const chunk of body) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
  }
}
