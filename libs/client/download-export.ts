import { createHash, type Hash } from 'node:crypto'
import { DigestMismatchError, UnreachableError } from './errors.ts'
import { isPassing } from './is-passing.ts'
import { pause } from './pause.ts'
import { pathSegment, type Transport } from './transport.ts'

export type DownloadOptions = {
  /** What an earlier download left behind: how many bytes, and a SHA-256 that has taken them in. */
  resume?: { bytes: number; hash: Hash }
  signal?: AbortSignal
  /** Called when the connection breaks and the download is about to go on where it stopped. */
  onInterruption?: (error: Error) => void
}

const maxFailures = 8
const firstDelayMs = 250
const longestDelayMs = 5_000

/**
 * The bytes of a completed export from where `resume` ends. Goes on by itself after a broken connection, and gives up
 * after twenty seconds of attempts that brought nothing.
 * @throws DigestMismatchError, at the end, when the bytes (those of `resume` included) are not those exported.
 */
export async function* downloadExport(
  transport: Transport,
  { id, bytes, sha256 }: { id: string; bytes: number; sha256: string | null },
  { resume, signal, onInterruption = () => {} }: DownloadOptions = {},
): AsyncGenerator<Buffer> {
  const hash = resume?.hash ?? createHash('sha256')
  let offset = resume?.bytes ?? 0
  for (let failures = 0; offset < bytes; ) {
    try {
      for await (const chunk of await openFrom(transport, { id, sha256, offset, signal })) {
        hash.update(chunk)
        offset += chunk.length
        failures = 0
        yield chunk
      }
      if (offset < bytes) throw new UnreachableError(transport.base, 'the response ended early', undefined)
    } catch (error) {
      if (!isPassing(error) || ++failures > maxFailures) throw error
      if (failures === 1) onInterruption(error)
      await pause(Math.min(firstDelayMs * 2 ** (failures - 1), longestDelayMs), signal)
    }
  }
  const arrived = hash.digest('hex')
  if (arrived !== sha256)
    throw new DigestMismatchError(
      `What arrived of export ${id} has ${offset} bytes and SHA-256 ${arrived}; the export has ${bytes} and ${sha256}`,
    )
}

async function openFrom(
  { open }: Transport,
  {
    id,
    sha256,
    offset,
    signal,
  }: { id: string; sha256: string | null; offset: number; signal: AbortSignal | undefined },
): Promise<AsyncIterable<Buffer>> {
  const { status, headers, body } = await open('GET', `/v1/exports/${pathSegment(id)}/download`, {
    ...(offset > 0 && { headers: { range: `bytes=${offset}-` } }),
    ...(signal && { signal }),
  })
  const current = headers['x-content-sha256']
  if (current !== undefined && current !== sha256)
    throw new DigestMismatchError(
      `The file of export ${id} has changed: its SHA-256 was ${sha256}, is ${current}`,
    )
  return status === 206 ? body : skip(body, offset)
}

/** Where Range was not honoured, the file comes from its beginning. */
async function* skip(body: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes
  for await (const chunk of body) {
    if (left < chunk.length) yield chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}
