import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readFileIfThere, replaceFile } from '@airs-cp/files'
import { afterChanges, type Trouble } from '@airs-cp/runtime'

const restMs = 250

/** A file that holds what is in force, for a start without NATS. */
export type KeptFile = {
  /** Undefined where there is none yet. @throws when it cannot be read. */
  read(): Promise<string | undefined>
  /** Writes it soon, once for all changes until then. */
  changed(): void
  /** Waits until what changed is written. */
  close(): Promise<void>
}

export function keepFile(file: string, text: () => string, trouble: Trouble): KeptFile {
  const writing = afterChanges(restMs, async () => {
    try {
      await mkdir(dirname(file), { recursive: true })
      await replaceFile(file, text())
      trouble.worked()
    } catch (error) {
      trouble.failed(error)
      // What is not written yet is written as soon as the disk takes it.
      throw error
    }
  })
  return { read: () => readFileIfThere(file), ...writing }
}
