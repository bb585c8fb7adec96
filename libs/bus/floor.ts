/**
 * How far a projection has applied its stream without a gap, as far as is known: what is at the floor or before it is
 * committed. JetStream's own floor of acknowledgements is never wrong about that, but asking for it takes a request;
 * between two of them the floor follows what this process applies.
 */
export class Floor {
  /** Of which stream, by when that was created. */
  readonly stream: string
  #sequence = 0
  #publishedAtMs: number | undefined
  #mark: string | undefined
  /** Applied already, beyond something that is not. */
  readonly #ahead = new Map<number, number>()

  constructor(stream: string) {
    this.stream = stream
  }

  get sequence(): number {
    return this.#sequence
  }

  /** Not later than when the first message beyond the floor was published; undefined while that is not known. */
  get publishedAtMs(): number | undefined {
    return this.#publishedAtMs
  }

  /** What the database says of the last commit here; undefined before the first. */
  get mark(): string | undefined {
    return this.#mark
  }

  /** Whether something is applied beyond the floor. */
  get isBehind(): boolean {
    return this.#ahead.size > 0
  }

  /** Where the floor would be with these applied as well. */
  with(applied: Iterable<{ streamSequence: number; publishedAtMs: number }>): Floor {
    const next = new Floor(this.stream)
    next.#sequence = this.#sequence
    next.#publishedAtMs = this.#publishedAtMs
    for (const [sequence, at] of this.#ahead) next.#ahead.set(sequence, at)
    next.note(applied)
    return next
  }

  note(applied: Iterable<{ streamSequence: number; publishedAtMs: number }>, mark?: string): void {
    this.#mark = mark ?? this.#mark
    for (const { streamSequence, publishedAtMs } of applied)
      if (streamSequence > this.#sequence) this.#ahead.set(streamSequence, publishedAtMs)
    this.#advance()
  }

  /** JetStream says that everything up to here is acknowledged. */
  raise(sequence: number): void {
    if (sequence <= this.#sequence) return
    for (const [applied, at] of [...this.#ahead].sort(([a], [b]) => a - b)) {
      if (applied > sequence) break
      this.#publishedAtMs = at
      this.#ahead.delete(applied)
    }
    this.#sequence = sequence
    this.#advance()
  }

  /** Where the database says that it is. */
  reset(sequence: number, publishedAtMs: number | undefined): void {
    this.#sequence = sequence
    this.#publishedAtMs = publishedAtMs
    this.#mark = undefined
    this.#ahead.clear()
  }

  #advance(): void {
    for (let next = this.#sequence + 1; this.#ahead.has(next); next++) {
      this.#publishedAtMs = this.#ahead.get(next)
      this.#ahead.delete(next)
      this.#sequence = next
    }
  }
}
