import type { DurablePosition, ReadLimit } from '@airs-cp/journal'

const bytes = 5 * Int32Array.BYTES_PER_ELEMENT
const [version, segment, offset, low, high] = [0, 1, 2, 3, 4] as const
const twoTo32 = 0x1_0000_0000

/** A durable position in memory that a worker thread reads without a message, consistent by a sequence lock. */
export class SharedPosition {
  readonly buffer: SharedArrayBuffer
  readonly #cells: Int32Array

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(bytes)) {
    this.buffer = buffer
    this.#cells = new Int32Array(buffer)
  }

  /** Only one thread may write. */
  write(position: DurablePosition): void {
    const cells = this.#cells
    Atomics.add(cells, version, 1)
    Atomics.store(cells, segment, position.segment)
    Atomics.store(cells, offset, position.offset)
    Atomics.store(cells, low, (position.sequence % twoTo32) | 0)
    Atomics.store(cells, high, Math.floor(position.sequence / twoTo32))
    Atomics.add(cells, version, 1)
  }

  read(): Required<ReadLimit> {
    const cells = this.#cells
    for (;;) {
      const before = Atomics.load(cells, version)
      const limit = {
        segment: Atomics.load(cells, segment),
        offset: Atomics.load(cells, offset),
        sequence: Atomics.load(cells, high) * twoTo32 + (Atomics.load(cells, low) >>> 0),
      }
      if ((before & 1) === 0 && Atomics.load(cells, version) === before) return limit
    }
  }
}
