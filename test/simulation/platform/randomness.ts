import crypto from 'node:crypto'
import { runningIn } from '../world.ts'

/** How often bytes were drawn from outside of a simulated process, for its pools. */
export const realFills = { count: 0 }

/** What simulated processes draw comes from the seed. Keys are the exception: nothing depends on which they are. */
export function installRandomness(): void {
  const fillOf = () => runningIn()?.process.random.fill
  const real = {
    random: Math.random,
    randomBytes: crypto.randomBytes,
    randomFillSync: crypto.randomFillSync,
    getRandomValues: globalThis.crypto.getRandomValues.bind(globalThis.crypto),
  }
  Math.random = () => runningIn()?.process.random.fraction() ?? real.random()
  crypto.randomBytes = ((size: number, callback?: never) => {
    const fill = fillOf()
    if (!fill) return real.randomBytes(size, callback!)
    const bytes = Buffer.alloc(size)
    fill(bytes)
    return bytes
  }) as typeof crypto.randomBytes
  crypto.randomFillSync = ((bytes: Uint8Array, ...range: []) => {
    const fill = fillOf()
    if (!fill) {
      realFills.count++
      return real.randomFillSync(bytes, ...range)
    }
    fill(bytes)
    return bytes
  }) as typeof crypto.randomFillSync
  const getRandomValues = (bytes: Uint8Array<ArrayBuffer>) => {
    const fill = fillOf()
    if (!fill) return real.getRandomValues(bytes)
    fill(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    return bytes
  }
  globalThis.crypto.getRandomValues = getRandomValues as never
}
