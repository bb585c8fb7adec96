import { createHash, hash } from 'node:crypto'
import type { Detection, Detector } from '@airs-cp/detectors'
import type { Slices } from '@airs-cp/events'
import { createRecentTable } from './recent-table.ts'

/**
 * Remembers what detectors found in a text, so that a conversation's earlier turns are not scanned again with each request.
 * It keeps digests, never texts, and what it remembers belongs to detectors as they are: those of another policy set begin anew, which
 * is what makes a remembered result the same as a new one.
 */
export type ScanCache = {
  /** What is remembered of a text, to be asked and told; undefined for one of which nothing is. Looked up once for all detectors. */
  find(text: string): ScannedText | undefined
  /** The same of a long text. */
  findInSlices(text: string): Slices<ScannedText | undefined>
  /** Texts of which something is remembered. */
  size(): number
}

/** A shorter text is scanned faster than it is digested. (One that is not well formed has no digest of its own.) */
const leastCharacters = 128
/** So many are digested in a millisecond. */
const sliceCharacters = 128 * 1024
/** A text with more detections is not remembered, so that memory is bounded by the number of entries. */
const mostDetections = 32
/** Of one text: a set has a dozen. Those of sets that are no longer in force are forgotten with the rest. */
const mostDetectors = 64

/** Detections of one text, by detector; they must not be changed. */
export class ScannedText {
  readonly #detectors: number[] = []
  readonly #detections: (readonly Detection[])[] = []

  find(detector: Detector): readonly Detection[] | undefined {
    return this.#detections[this.#detectors.indexOf(numberOf(detector))]
  }

  keep(detector: Detector, detections: readonly Detection[]): void {
    if (detections.length > mostDetections) return
    if (this.#detectors.length === mostDetectors) this.#detectors.length = this.#detections.length = 0
    this.#detectors.push(numberOf(detector))
    this.#detections.push(detections.length === 0 ? none : detections)
  }
}

const none: readonly Detection[] = []
/** In place of the detectors themselves, which would live on. */
const numbers = new WeakMap<Detector, number>()
let lastNumber = 0

function numberOf(detector: Detector): number {
  let number = numbers.get(detector)
  if (number === undefined) {
    number = ++lastNumber
    numbers.set(detector, number)
  }
  return number
}

/**
 * @param key makes digests that nobody else can make, so that no text can be chosen to be taken for another.
 * @param maxTexts of each of two generations: the older one is dropped when the newer one is full. One takes about 400 bytes.
 */
export function createScanCache(key: string, maxTexts = 20_000): ScanCache {
  const known = createRecentTable<ScannedText>(maxTexts)
  const entryOf = (digest: string): ScannedText => {
    const entry = known.get(digest) ?? new ScannedText()
    known.set(digest, entry)
    return entry
  }
  return {
    find: (text) =>
      text.length < leastCharacters || !text.isWellFormed()
        ? undefined
        : entryOf(hash('sha256', `${key}\0${text}`, 'base64')),
    *findInSlices(text) {
      if (text.length < leastCharacters || !text.isWellFormed()) return undefined
      const digest = createHash('sha256').update(`${key}\0`)
      for (let from = 0; from < text.length; ) {
        let to = Math.min(from + sliceCharacters, text.length)
        if ((text.charCodeAt(to - 1) & 0xfc00) === 0xd800) to += 1
        digest.update(text.slice(from, to))
        from = to
        yield
      }
      return entryOf(digest.digest('base64'))
    },
    size: known.size,
  }
}
