import type { Detection, ScanStep, SpanDetector } from './detector.ts'

/** Detections of a text, sorted by start, and where it stops being final if it is not `ended`. */
export type Scan = (text: string, ended: boolean) => { detections: Detection[]; finalTo: number }

/**
 * A span detector from a scan that is local: what it says about a span depends on the span, on `lookBehind` characters
 * before it and on a bounded number after it. So a text in pieces needs a window only, and not all that came before.
 */
export function createSpanDetector(definition: {
  name: string
  scan: Scan
  lookBehind: number
  maxHold: number
}): SpanDetector {
  const { name, scan, lookBehind, maxHold } = definition
  return {
    kind: 'span',
    name,
    maxHold,
    detect: (text) => scan(text, true).detections,
    holdFrom(text, ended) {
      if (ended) return text.length
      const base = Math.max(0, text.length - maxHold - lookBehind)
      return base + scan(text.slice(base), false).finalTo
    },
    open() {
      let window = ''
      let base = 0
      let finalTo = 0
      const step = (ended: boolean): ScanStep => {
        const scanned = scan(window, ended)
        const from = finalTo - base
        const to = Math.max(from, ended ? window.length : scanned.finalTo)
        const detections = scanned.detections
          .filter(({ start }) => start >= from && start < to)
          .map((detection) => ({ ...detection, start: detection.start + base, end: detection.end + base }))
        finalTo = base + to
        const drop = Math.max(0, to - lookBehind)
        window = window.slice(drop)
        base += drop
        return { finalTo, detections }
      }
      return {
        push(text) {
          window += text
          return step(false)
        },
        end: () => step(true),
      }
    },
  }
}
