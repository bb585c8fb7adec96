import type { BodyOf, Call, ResponseOf } from './call.ts'

export type ImportBatch = ResponseOf<'POST /v1/imports/:id/events'>

/** One of the parts that were announced, with its inclusion proof in their Merkle tree. */
export type ImportPart = { part: number; lines: string; proof: readonly Buffer[] }

export type ImportsApi = {
  /** Announces what is about to be brought in; the same file in the same parts has the same id. */
  begin(file: BodyOf<'POST /v1/imports'>): Promise<{ id: string }>
  /** Lines of events, exactly as exported and announced; resolves when they are stored. At most 4 MiB. */
  send(id: string, part: ImportPart, options?: { signal?: AbortSignal }): Promise<ImportBatch>
}

export function createImportsApi(call: Call): ImportsApi {
  return {
    begin: (file) => call('POST /v1/imports', { json: file }),
    send: (id, { part, lines, proof }, options = {}) =>
      call('POST /v1/imports/:id/events', {
        params: { id },
        query: { part, proof: proof.map((hash) => hash.toString('hex')).join('.') },
        body: { type: 'application/x-ndjson', text: lines },
        ...options,
      }),
  }
}
