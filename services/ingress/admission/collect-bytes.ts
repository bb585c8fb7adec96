/** How many times what has arrived may be reserved for what was announced: announcing costs a client nothing. */
const reserved = 8

/**
 * Puts the chunks of a body together as they arrive. A large body is so never in memory twice, and no moment copies all
 * of it.
 * @param announcedBytes by `Content-Length`; 0 where it is not known.
 */
export function createCollector(announcedBytes: number) {
  let whole: Buffer = Buffer.alloc(0)
  let bytes = 0
  return {
    add(chunk: Buffer): void {
      const needed = bytes + chunk.length
      if (bytes === 0) whole = chunk
      else {
        if (needed > whole.length) {
          const size = Math.max(needed, Math.min(Math.max(announcedBytes, 2 * needed), reserved * needed))
          const grown = Buffer.allocUnsafeSlow(size)
          whole.copy(grown, 0, 0, bytes)
          whole = grown
        }
        chunk.copy(whole, bytes)
      }
      bytes = needed
    },
    /** What has arrived. */
    bytes: () => whole.subarray(0, bytes),
    drop(): void {
      whole = Buffer.alloc(0)
      bytes = 0
    },
  }
}
