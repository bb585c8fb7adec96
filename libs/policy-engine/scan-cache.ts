import { createHash, hash } from 'node:crypto'
import type { Detection, Detector } from '@airs-cp/detectors'
import type { Slices } from '@airs-cp/events'
import { createRecentTable } from './recent-table.ts'

/**
 * Remembers what detectors found in a text, so that a conversation's earlier turns are not scanned again with each request.
 * It keeps digests, never texts, and belongs to detectors as they are: those of another policy set begin anew, which is what
 * makes a remembered result the same as a new one.
 */
export type ScanCache = {
  /** What a text is known by; undefined for one that is not remembered. Made once for all detectors. */
  digestOf(text: string): string | undefined
  /** The same of a long text. */
  digestInSlices(text: string): Slices<string | undefined>
  /**
   * What the detector found in a text of this digest; `detect` finds it where it is not remembered.
   * @returns detections that must not be changed, and whether they were remembered.
   */
  scan(
    detector: Detector,
    digest: string | undefined,
    detect: () => Detection[],
  ): { detections: readonly Detection[]; known: boolean }
  /** What is remembered, and to remember what was found otherwise. */
  find(detector: Detector, digest: string | undefined): readonly Detection[] | undefined
  keep(detector: Detector, digest: string | undefined, detections: readonly Detection[]): void
  size(): number
}

/** A shorter text is scanned faster than it is digested. (One that is not well formed has no digest of its own.) */
const leastCharacters = 128
/** So many are digested in a millisecond. */
const sliceCharacters = 128 * 1024
/** A text with more detections is not remembered, so that memory is bounded by the number of entries. */
const mostDetections = 32

/**
 * @param key makes digests that nobody else can make, so that no text can be chosen to be taken for another.
 * @param maxEntries of each of two generations: the older one is dropped when the newer one is full. An entry takes about 200 bytes.
 */
export function createScanCache(key: string, maxEntries = 50_000): ScanCache {
  const known = createRecentTable<readonly Detection[]>(maxEntries)
  const prefixes = new WeakMap<Detector, string>()
  let detectors = 0

  const prefixOf = (detector: Detector): string => {
    let prefix = prefixes.get(detector)
    if (prefix === undefined) {
      prefix = `${++detectors} `
      prefixes.set(detector, prefix)
    }
    return prefix
  }
  const find: ScanCache['find'] = (detector, digest) =>
    digest === undefined ? undefined : known.get(prefixOf(detector) + digest)
  const keep: ScanCache['keep'] = (detector, digest, detections) => {
    if (digest !== undefined && detections.length <= mostDetections)
      known.set(prefixOf(detector) + digest, detections)
  }
  return {
    digestOf: (text) =>
      text.length < leastCharacters || !text.isWellFormed()
        ? undefined
        : hash('sha256', `${key}\0${text}`, 'base64'),
    *digestInSlices(text) {
      if (text.length < leastCharacters || !text.isWellFormed()) return undefined
      const digest = createHash('sha256').update(`${key}\0`)
      for (let from = 0; from < text.length; ) {
        let to = Math.min(from + sliceCharacters, text.length)
        if ((text.charCodeAt(to - 1) & 0xfc00) === 0xd800) to += 1
        digest.update(text.slice(from, to))
        from = to
        yield
      }
      return digest.digest('base64')
    },
    scan(detector, digest, detect) {
      if (digest === undefined) return { detections: detect(), known: false }
      const entry = prefixOf(detector) + digest
      const remembered = known.get(entry)
      const detections = remembered ?? detect()
      if (detections.length <= mostDetections) known.set(entry, detections)
      return { detections, known: remembered !== undefined }
    },
    find,
    keep,
    size: known.size,
  }
}
