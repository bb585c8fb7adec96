/** A write that takes longer than this is better left to another thread: waking it and being woken take as long. */
const quickMs = 0.5
/** Entries of large bodies take a disk longer than its sync does. */
const mostBytes = 64 * 1024
const quickInARow = 3
const leastPause = 64
const longestPause = 16_384
const trusted = 1_000

/**
 * Decides whether a write that is waited for is done at once, on the thread of the event loop. On a disk that syncs in
 * 0.1 ms that saves most of the time that the write would take on another thread; on any other disk it would hold
 * everything up. So it is tried now and then, ever more seldom while it was too slow, and kept to while it is quick.
 */
export class DiskPace {
  #quick = 0
  #pause = leastPause
  #untilTrial = leastPause

  /** Whether the next write, of `bytes`, is to be done at once; then `took` is to be told of it. */
  isToBeDoneAtOnce(bytes: number): boolean {
    if (bytes > mostBytes) return false
    if (this.#quick > 0) return true
    this.#untilTrial--
    return this.#untilTrial < 0
  }

  took(durationMs: number): void {
    if (durationMs <= quickMs) {
      this.#quick++
      if (this.#quick % trusted === 0) this.#pause = leastPause
      return
    }
    if (this.#quick < quickInARow) this.#pause = Math.min(longestPause, this.#pause * 2)
    this.#quick = 0
    this.#untilTrial = this.#pause
  }
}
