import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { defaultIngress, ingressSource, uuidv7 } from '@airs-cp/events'
import { makeDirectory, readFileIfThere, replaceFile } from '@airs-cp/files'

/** This process among all ingress processes. */
export type Instance = {
  id: string
  /** `source` of every event that it records. */
  source: string
  /** Processes that used the same data directory before and whose end is not recorded yet, the newest first; known once announced. */
  readonly ended: readonly string[]
  /**
   * Makes sure that the next start finds this process, beside those of `ended`: before anything is recorded, and while no
   * other process uses the directory.
   */
  announce(): Promise<void>
  /** The end of those in `ended` is recorded: the next start finds this process alone. */
  remember(): Promise<void>
}

const mostEnded = 100

/** Names this process of an ingress. */
export function nameInstance(file: string, ingress = defaultIngress): Instance {
  let ended: string[] = []
  const id = uuidv7()
  const source = ingressSource(ingress, hostname(), id)
  async function write(sources: readonly string[]): Promise<void> {
    await makeDirectory(dirname(file))
    await replaceFile(file, sources.map((one) => `${one}\n`).join(''))
  }
  return {
    id,
    source,
    get ended() {
      return ended
    },
    async announce() {
      const before = (await readFileIfThere(file)) ?? ''
      ended = before
        .split('\n')
        .filter((line) => line !== '' && line !== source)
        .slice(0, mostEnded)
      await write([source, ...ended])
    },
    remember: () => write([source]),
  }
}
