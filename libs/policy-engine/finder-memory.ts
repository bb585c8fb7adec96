import type { Detection, Detector, View } from '@airs-cp/detectors'
import type { JsonText } from './json-text.ts'
import type { ScannedText } from './scan-cache.ts'

/** What was looked at in the texts of one direction of an exchange, for whoever evaluates them once more. */
export type FinderMemory = {
  scanned: Map<Detector, (readonly Detection[])[]>
  decoded: (JsonText | null)[]
  known: Set<number>
  cached: (ScannedText | null)[]
  views: View[]
}

export function createFinderMemory(): FinderMemory {
  return { scanned: new Map(), decoded: [], known: new Set(), cached: [], views: [] }
}
