import type { Detection, SlicedScan, SpanScan } from './detector.ts'

/** Slices of a scan that finds in pieces what it finds in the whole. */
export function* inSlices(scan: SpanScan, text: string, characters: number): SlicedScan {
  const detections: Detection[] = []
  for (let from = 0; from < text.length; from += characters) {
    for (const detection of scan.push(text.slice(from, from + characters)).detections)
      detections.push(detection)
    yield
  }
  for (const detection of scan.end().detections) detections.push(detection)
  return detections
}
