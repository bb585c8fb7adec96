/** How many times what has arrived may be reserved for what was announced: announcing costs a client nothing. */
const reserved = 8

/**
 * Puts the chunks of a body together as they arrive. A large body is so never in memory twice, and no moment copies all
 * of it. Memory that is not needed any more is free at once, and not only when garbage is collected next.
 * @param announcedBytes by `Content-Length`; 0 where it is not known.
 */
export function createCollector(announcedBytes: number) {
  let whole: Buffer = Buffer.alloc(0)
  let bytes = 0
  /** The first chunk belongs to whoever sent it. */
  let isOwn = false
  const replaceBy = (next: Buffer, isNextOwn: boolean) => {
    if (isOwn) (whole.buffer as ArrayBuffer).transfer(0)
    whole = next
    isOwn = isNextOwn
  }
  return {
    add(chunk: Buffer): void {
      const needed = bytes + chunk.length
      if (bytes === 0) replaceBy(chunk, false)
      else {
        if (needed > whole.length) {
          const size = Math.max(needed, Math.min(Math.max(announcedBytes, 2 * needed), reserved * needed))
          const grown = Buffer.allocUnsafeSlow(size)
          whole.copy(grown, 0, 0, bytes)
          replaceBy(grown, true)
        }
        chunk.copy(whole, bytes)
      }
      bytes = needed
    },
    /** All that has arrived. Nothing may be added, and nothing dropped, from now on. */
    bytes: () => whole.subarray(0, bytes),
    drop(): void {
      replaceBy(Buffer.alloc(0), false)
      bytes = 0
    },
  }
}
