import type { BodyOf, Call, ResponseOf } from './call.ts'

export type ImportBatch = ResponseOf<'POST /v1/imports/:id/events'>

export type ImportsApi = {
  /** Announces what is about to be brought in; the same file has the same id. */
  begin(file: BodyOf<'POST /v1/imports'>): Promise<{ id: string }>
  /** Lines of events, exactly as exported; resolves when they are stored. At most 4 MiB. */
  send(id: string, lines: string, options?: { signal?: AbortSignal }): Promise<ImportBatch>
}

export function createImportsApi(call: Call): ImportsApi {
  return {
    begin: (file) => call('POST /v1/imports', { json: file }),
    send: (id, lines, options = {}) =>
      call('POST /v1/imports/:id/events', {
        params: { id },
        body: { type: 'application/x-ndjson', text: lines },
        ...options,
      }),
  }
}
