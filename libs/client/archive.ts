import { createHash } from 'node:crypto'
import type { Call, ResponseOf } from './call.ts'
import { DigestMismatchError } from './errors.ts'
import { pathSegment, type Transport } from './transport.ts'
import { type WaitOptions, waitFor } from './wait-for.ts'

export type Archive = ResponseOf<'GET /v1/archive'>
export type ArchivedDay = Archive['days'][number]

export type ArchiveApi = {
  get(): Promise<Archive>
  /** Has every day archived that is over, up to `through`. */
  request(through?: string): Promise<Archive>
  /** Resolves when no day is queued any more. */
  wait(options?: WaitOptions<Archive>): Promise<Archive>
  /**
   * The file of an archived day. Each read is an event.
   * @throws DigestMismatchError, at the end, when the bytes are not those that were archived.
   */
  download(day: ArchivedDay, options?: { signal?: AbortSignal }): AsyncGenerator<Buffer>
}

export function createArchiveApi(transport: Transport, call: Call): ArchiveApi {
  const get = () => call('GET /v1/archive')
  return {
    get,
    request: (through) => call('POST /v1/archive', { json: { ...(through !== undefined && { through }) } }),
    wait: (options) => waitFor(get, ({ days }) => days.every(({ state }) => state !== 'queued'), options),
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
