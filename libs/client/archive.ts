import { createHash } from 'node:crypto'
import type { Call, ResponseOf } from './call.ts'
import { DigestMismatchError } from './errors.ts'
import { pause } from './pause.ts'
import { pathSegment, type Transport } from './transport.ts'

export type Archive = ResponseOf<'GET /v1/archive'>
export type ArchivedDay = Archive['days'][number]

export type ArchiveApi = {
  get(): Promise<Archive>
  /** Has every day archived that is over, up to `through`. */
  request(through?: string): Promise<Archive>
  /** Resolves when no day is queued any more. */
  wait(options?: { signal?: AbortSignal; onProgress?: (archive: Archive) => void }): Promise<Archive>
  /**
   * The file of an archived day. Each read is an event.
   * @throws DigestMismatchError, at the end, when the bytes are not those that were archived.
   */
  download(day: ArchivedDay, options?: { signal?: AbortSignal }): AsyncGenerator<Buffer>
}

const pollMs = 500

export function createArchiveApi(transport: Transport, call: Call): ArchiveApi {
  const get = () => call('GET /v1/archive')
  return {
    get,
    request: (through) => call('POST /v1/archive', { json: { ...(through !== undefined && { through }) } }),
    async wait({ signal, onProgress = () => {} } = {}) {
      for (;;) {
        signal?.throwIfAborted()
        const archive = await get()
        onProgress(archive)
        if (!archive.days.some(({ state }) => state === 'queued')) return archive
        await pause(pollMs, signal)
      }
    },
    async *download({ day, sha256 }, options = {}) {
      const { body } = await transport.open('GET', `/v1/archive/${pathSegment(day)}/download`, options)
      const hash = createHash('sha256')
      for await (const chunk of body) {
        hash.update(chunk)
        yield chunk
      }
      const arrived = hash.digest('hex')
      if (arrived !== sha256)
        throw new DigestMismatchError(
          `What arrived of day ${day} has SHA-256 ${arrived}; its file was archived with ${sha256}`,
        )
    },
  }
}
