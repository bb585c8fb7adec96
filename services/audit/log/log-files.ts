import { randomBytes } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDirectory, readFileIfThere, replaceFile } from '@airs-cp/files'
import {
  type Checkpoint,
  checkpointBody,
  createSigner,
  KeyError,
  parseNote,
  parseSigner,
  type Signer,
  verifyNote,
} from '@airs-cp/transparency-log'

/**
 * What a log keeps outside of Postgres, so that a database that was put back cannot make it say something else than before:
 *
 * - `keys`: a private key per line; the log signs with all of them. Readable by this process alone.
 * - `checkpoint`: the last one that was signed, on disk before anybody sees it.
 */
export type LogFiles = {
  /** The keys with which the log signs; empty where there is no file yet. @throws where it cannot be read. */
  signers(): Promise<Signer[]>
  writeSigners(signers: readonly Signer[]): Promise<void>
  /** The last signed checkpoint; undefined where there is none. @throws where it cannot be read, or no key has signed it. */
  lastSigned(signers: readonly Signer[]): Promise<SignedCheckpoint | undefined>
  writeLastSigned(note: string): Promise<void>
  /** Puts both aside, so that another log can begin. */
  retire(): Promise<void>
  directory: string
}

export type SignedCheckpoint = Checkpoint & { note: string }

export function openLogFiles(directory: string): LogFiles {
  const keys = join(directory, 'keys')
  const checkpoint = join(directory, 'checkpoint')
  return {
    directory,
    async signers() {
      const text = await readFileIfThere(keys)
      return (text ?? '')
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => readSigner(line, keys))
    },
    async writeSigners(signers) {
      await makeDirectory(directory)
      await replaceFile(keys, signers.map(({ secret }) => `${secret}\n`).join(''))
    },
    async lastSigned(signers) {
      const note = await readFileIfThere(checkpoint)
      return note === undefined ? undefined : readSigned(note, signers)
    },
    async writeLastSigned(note) {
      await replaceFile(checkpoint, note)
    },
    async retire() {
      const ending = new Date().toISOString().replaceAll(':', '')
      for (const file of [keys, checkpoint])
        if ((await readFileIfThere(file)) !== undefined) await rename(file, `${file}.${ending}`)
    },
  }
}

/** @throws KeyError, which names the file. */
function readSigner(line: string, file: string): Signer {
  try {
    return parseSigner(line)
  } catch (error) {
    if (!(error instanceof KeyError)) throw error
    throw new KeyError(
      `${file}: ${error.message}. Restore the file, or begin a new log: airs log begin --reason TEXT`,
    )
  }
}

/** @throws NoteError, CheckpointError */
export function readSigned(note: string, signers: readonly Pick<Signer, 'key'>[]): SignedCheckpoint {
  const parsed = parseNote(note)
  verifyNote(
    parsed,
    signers.map(({ key }) => key),
  )
  return { ...checkpointBody(parsed.text), note }
}

/**
 * The keys of a new log; its origin is their name too.
 * @param withMlDsa adds a key that holds against quantum computers: a second line of 3.3 KB in each checkpoint.
 */
export function makeSigners(origin: string | undefined, withMlDsa: boolean): Signer[] {
  const name = origin ?? `airs-cp/${randomBytes(8).toString('hex')}`
  return [createSigner(name, 'ed25519'), ...(withMlDsa ? [createSigner(name, 'cosignature-ml-dsa-44')] : [])]
}
