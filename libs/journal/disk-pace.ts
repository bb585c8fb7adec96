/** A write that takes longer than this is better left to another thread: waking it and being woken take as long. */
const quickMs = 0.5
/** Entries of large bodies take a disk longer than its sync does. */
const mostBytes = 64 * 1024
/** How much one write counts in the mean: writes that are slow now and then do not make a disk slow. */
const weight = 1 / 16
const leastPause = 64
const longestPause = 16_384

/**
 * Decides whether a write that is waited for is done at once, on the thread of the event loop. On a disk that syncs in
 * 0.1 ms that saves most of the time that the write would take on another thread; on any other disk it would hold
 * everything up. So it is tried now and then, ever more seldom while it is too slow, and kept to while it is quick.
 */
export class DiskPace {
  #meanMs = quickMs / 2
  /** Writes done at once since the last pause. */
  #atOnce = 0
  #pause = leastPause
  #untilTrial = leastPause

  /** Whether the next write, of `bytes`, is to be done at once; then `took` is to be called. */
  isToBeDoneAtOnce(bytes: number): boolean {
    if (bytes > mostBytes) return false
    if (this.#untilTrial === 0) return true
    this.#untilTrial--
    return false
  }

  took(durationMs: number): void {
    this.#atOnce++
    this.#meanMs += (durationMs - this.#meanMs) * weight
    if (this.#meanMs <= quickMs) return
    this.#pause = this.#atOnce < leastPause ? Math.min(longestPause, this.#pause * 2) : leastPause
    this.#untilTrial = this.#pause
    this.#atOnce = 0
    this.#meanMs = quickMs / 2
  }
}
