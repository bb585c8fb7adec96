import type { Detection, ScanStep, SpanDetector } from './detector.ts'
import { inSlices } from './slices.ts'
import { type EncodedRun, longestRun, maxEncodings, mayReadOtherwise } from './view/encoded-runs.ts'
import { type View, viewOf } from './view/view.ts'
import { createViewBuilder } from './view/view-builder.ts'

/** Detections of a text, sorted by start, and where it stops being final if it is not `ended`. */
export type Scan = (text: string, ended: boolean) => { detections: Detection[]; finalTo: number }

/**
 * A span detector from a scan that is local: what it says about a span depends on the span, on `lookBehind` characters
 * before it and on a bounded number after it. So a text in pieces needs a window only, and not all that came before.
 * The scan sees the view of a text; detections point at the text. What it finds in encoded text covers all of that.
 */
export function createSpanDetector(definition: {
  name: string
  scan: Scan
  /** Of text that stands encoded, where its types differ. */
  scanEncoded?: Scan
  lookBehind: number
  maxHold: number
}): SpanDetector {
  const { name, scan, scanEncoded = scan, lookBehind, maxHold } = definition

  const inRun = (run: EncodedRun): Detection[] => inRunAt(1, run)

  function inRunAt(level: number, { text, start, end }: EncodedRun): Detection[] {
    const { text: shown, encoded } = mayReadOtherwise(text) ? viewOf(text) : { text, encoded: [] }
    const inner = level === maxEncodings ? [] : encoded.flatMap((run) => inRunAt(level + 1, run))
    const found = [...scanEncoded(shown, true).detections, ...inner]
    return strongestByType(found).map((detection) => ({ ...detection, start, end }))
  }

  function detect(text: string, view: View = viewOf(text)): Detection[] {
    const { detections } = scan(view.text, true)
    const all = view.encoded.length === 0 ? detections : merged(detections, view.encoded.flatMap(inRun))
    return view.isText ? all : all.map((detection) => placed(detection, view))
  }

  function open() {
    const builder = createViewBuilder()
    let window = ''
    let base = 0
    let seen = 0
    let reportedTo = 0
    let length = 0
    let runs: Detection[] = []
    const newOnes = (scanned: Detection[], to: number): Detection[] => {
      const isNew = ({ start }: Detection) => start >= reportedTo && start < to
      const found = scanned.map((detection) => moved(detection, base)).filter(isNew)
      const detections = merged(found, runs.filter(isNew)).map((detection) => placed(detection, builder))
      runs = runs.filter(({ start }) => start >= to)
      return detections
    }
    const step = (shown: string, ended: boolean): ScanStep => {
      window += shown
      seen += shown.length
      const encoded = builder.takeRuns()
      if (encoded.length > 0) runs.push(...encoded.flatMap(inRun))
      const scanned = scan(window, ended)
      let to = ended ? seen : Math.max(reportedTo, Math.min(base + scanned.finalTo, builder.openFrom()))
      while (!ended && to > reportedTo && to < seen && builder.startOf(to) < builder.endOf(to - 1)) to--
      const detections =
        scanned.detections.length + runs.length === 0 ? none : newOnes(scanned.detections, to)
      const finalTo = ended ? length : to === 0 ? 0 : builder.endOf(to - 1)
      reportedTo = to
      const drop = Math.max(0, to - lookBehind - base)
      if (drop > 0) {
        window = window.slice(drop)
        base += drop
        builder.forget(base)
      }
      return { finalTo, detections }
    }
    return {
      push(text: string) {
        length += text.length
        return step(builder.push(text), false)
      },
      end: () => step(builder.end(), true),
    }
  }

  return {
    kind: 'span',
    name,
    maxHold: Math.max(maxHold, longestRun + 2),
    detect,
    slices: (text, characters) => inSlices(open(), text, characters),
    holdFrom(text, ended) {
      return ended ? text.length : open().push(text).finalTo
    },
    open,
  }
}

const none: Detection[] = []

function moved(detection: Detection, by: number): Detection {
  return { ...detection, start: detection.start + by, end: detection.end + by }
}

function placed(detection: Detection, view: Pick<View, 'startOf' | 'endOf'>): Detection {
  return { ...detection, start: view.startOf(detection.start), end: view.endOf(detection.end - 1) }
}

function merged(detections: Detection[], others: Detection[]): Detection[] {
  return others.length === 0
    ? detections
    : [...detections, ...others].sort((a, b) => a.start - b.start || b.end - a.end)
}

function strongestByType(detections: Detection[]): Detection[] {
  const strongest = new Map<string, Detection>()
  for (const detection of detections) {
    const known = strongest.get(detection.type)
    if (!known || known.confidence < detection.confidence) strongest.set(detection.type, detection)
  }
  return [...strongest.values()]
}
