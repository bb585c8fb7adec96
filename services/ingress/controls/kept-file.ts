import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readFileIfThere, replaceFile } from '@airs-cp/files'

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

export function keepFile(
  file: string,
  text: () => string,
  onProblem: (error: unknown, file: string) => void,
): KeptFile {
  let isChanged = false
  let writing: Promise<void> | undefined
  let endRest = () => {}
  let isClosed = false

  async function write(): Promise<void> {
    await mkdir(dirname(file), { recursive: true })
    while (isChanged) {
      isChanged = false
      await replaceFile(file, text())
      if (!isClosed) await rest()
    }
  }

  function rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, restMs)
      endRest = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  return {
    read: () => readFileIfThere(file),
    changed() {
      isChanged = true
      writing ??= write()
        .catch((error) => onProblem(error, file))
        .finally(() => {
          writing = undefined
        })
    },
    async close() {
      isClosed = true
      endRest()
      await writing
    },
  }
}
