/** The bytes on disk over all epochs, allocated ones included, and the most that they may be. */
export class DiskBudget {
  readonly limitBytes: number
  #usedBytes = 0

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Takes what is to be allocated. @returns false, having taken nothing, where that exceeds the limit. */
  reserve(bytes: number): boolean {
    if (this.#usedBytes + bytes > this.limitBytes) return false
    this.#usedBytes += bytes
    return true
  }

  /** Counts what is on disk already. */
  add(bytes: number): void {
    this.#usedBytes += bytes
  }

  /** A segment is deleted, or was not allocated after all. */
  release(bytes: number): void {
    this.#usedBytes -= bytes
  }

  /** A segment has outgrown what was allocated, or is cut to what was written. */
  resize(segment: { bytes: number }, bytes: number): void {
    this.#usedBytes += bytes - segment.bytes
    segment.bytes = bytes
  }
}
