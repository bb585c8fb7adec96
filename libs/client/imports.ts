import { pathSegment, type Transport } from './transport.ts'

export type ImportBatch = { events: number; imported: number; known: number }

export type ImportsApi = {
  /** Says what is about to be brought in; the same file has the same id. */
  begin(file: { sha256: string; bytes: number; events: number }): Promise<{ id: string }>
  /** Lines of events, exactly as exported; resolves when they are stored. At most 4 MiB. */
  send(id: string, lines: string, options?: { signal?: AbortSignal }): Promise<ImportBatch>
}

export function createImportsApi({ json }: Transport): ImportsApi {
  return {
    begin: (file) => json('POST', '/v1/imports', { json: file }),
    send: (id, lines, options = {}) =>
      json('POST', `/v1/imports/${pathSegment(id)}/events`, {
        body: { type: 'application/x-ndjson', text: lines },
        ...options,
      }),
  }
}
