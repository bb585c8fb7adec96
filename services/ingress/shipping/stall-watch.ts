export type StallObservation = {
  nowMs: number
  /** Committed by the audit service up to here. */
  confirmed: number
  /** Whether more than that was shipped. */
  outstanding: boolean
  /** Whether the audit service has later ones than it has committed. */
  laterOnesSeen: boolean
}

const longestPatienceMs = 60_000

/**
 * Reports when what JetStream has acknowledged is suspected to be lost before it was committed.
 *
 * | seen for `stallMs`                           | advice                                                          |
 * |----------------------------------------------|-----------------------------------------------------------------|
 * | no commit, though later ones have arrived    | `rewind`: ship everything from the first unconfirmed on again    |
 * | no commit, and nothing known of later ones   | `probe`: ship the first unconfirmed one again; the audit service may just be unavailable |
 * | no commit since a `rewind`                   | `probe`: to ship everything once more would not help             |
 * | a commit of just the probe, and others outstanding | `rewind`, at once: they would have been committed with it  |
 *
 * Without success the time until the next advice doubles.
 */
export class StallWatch {
  readonly #stallMs: number
  #sinceMs = 0
  #patienceMs = 0
  #confirmed = -1
  #probed: number | undefined
  #hasRewound = false

  constructor(stallMs: number) {
    this.#stallMs = stallMs
  }

  observe({
    nowMs,
    confirmed,
    outstanding,
    laterOnesSeen,
  }: StallObservation): 'probe' | 'rewind' | undefined {
    if (!outstanding || confirmed !== this.#confirmed) {
      const onlyTheProbe = outstanding && confirmed === this.#probed
      this.#confirmed = outstanding ? confirmed : -1
      this.#sinceMs = nowMs
      this.#patienceMs = this.#stallMs
      this.#probed = undefined
      this.#hasRewound = onlyTheProbe
      return onlyTheProbe ? 'rewind' : undefined
    }
    if (nowMs - this.#sinceMs < this.#patienceMs) return undefined
    this.#sinceMs = nowMs
    this.#patienceMs = Math.max(this.#stallMs, Math.min(this.#patienceMs * 2, longestPatienceMs))
    if (laterOnesSeen && !this.#hasRewound) {
      this.#hasRewound = true
      return 'rewind'
    }
    this.#probed = confirmed + 1
    return 'probe'
  }
}
