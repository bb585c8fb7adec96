import { randomInt } from 'node:crypto'
import { isPortFree } from './is-port-free.ts'

const lowest = 20_000
const highest = 32_000

/**
 * A free port on 127.0.0.1, below the range that the system hands to outgoing connections, so that a server
 * finds its port free again when it is restarted.
 * @param preferred taken when it is free.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred, '127.0.0.1'))) return preferred
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(lowest, highest)
    if (await isPortFree(port, '127.0.0.1')) return port
  }
  throw new Error(`No free port between ${lowest} and ${highest} in 100 attempts`)
}
