import assert from 'node:assert/strict'
import type { Detection, ScanStep, SlicedScan, SpanDetector, TextDetector } from './detector.ts'
import { viewOf } from './view/view.ts'

/**
 * Feeds a text in chunks of the given sizes and asserts that what is final stays final: the streamed detections are
 * those of the whole, and no prefix declares a character final whose cover the whole text changes.
 */
export function assertChunkingDoesNotMatter(detector: SpanDetector, whole: string, sizes: number[]): void {
  const expected = detector.detect(whole)
  const scan = detector.open()
  const streamed: Detection[] = []
  let fed = 0
  let finalTo = 0
  for (const size of [...sizes, whole.length]) {
    const chunk = whole.slice(fed, fed + size)
    fed += chunk.length
    const step = scan.push(chunk)
    assert(
      step.finalTo >= finalTo && step.finalTo <= fed,
      `final to ${step.finalTo} after ${finalTo} of ${fed}`,
    )
    const held = viewOf(whole.slice(step.finalTo, fed)).text.length
    assert(held <= detector.maxHold, `holds ${held} characters`)
    finalTo = step.finalTo
    streamed.push(...step.detections)
    assert.deepEqual(
      streamed,
      expected.filter(({ start }) => start < finalTo),
      `at ${fed} of ${JSON.stringify(whole)}`,
    )
    const prefix = whole.slice(0, fed)
    const final = detector.holdFrom(prefix, false)
    assert.deepEqual(
      detector.detect(prefix).filter(({ start }) => start < final),
      expected.filter(({ start }) => start < final),
      `holdFrom ${final} of ${JSON.stringify(prefix)}`,
    )
  }
  const last = scan.end()
  assert.equal(last.finalTo, whole.length)
  assert.deepEqual([...streamed, ...last.detections], expected)
  assert.deepEqual(atOnce(detector.slices(whole, Math.max(1, sizes[0] ?? 1))), expected)
}

/**
 * The same for what judges a text as a whole, by the detections alone: those of the whole, each reported when all before
 * its start is final, and reported as growing, if at all, only where it comes to be.
 */
export function assertScanIsThatOfTheWhole(
  detector: Pick<TextDetector, 'detect' | 'open'>,
  whole: string,
  sizes: number[],
): void {
  const expected = detector.detect(whole)
  const { detections, growing } = scanPieces(detector, whole, sizes)
  assert.deepEqual(detections, expected, JSON.stringify(whole))
  for (const early of growing)
    assert.ok(expected.some(({ start, end }) => start === early.start && end >= early.end))
}

/** Runs all steps of a scan in slices. */
export function atOnce(scan: SlicedScan): Detection[] {
  for (;;) {
    const { done, value } = scan.next()
    if (done) return value
  }
}

/** All that a scan of a text in pieces reports. Asserts that what is final stays final. */
export function scanPieces(
  detector: Pick<TextDetector, 'open'>,
  whole: string,
  sizes: number[],
): { detections: Detection[]; growing: Detection[]; finals: number[] } {
  const scan = detector.open()
  const detections: Detection[] = []
  const growing: Detection[] = []
  const finals: number[] = []
  let finalTo = 0
  const take = (step: ScanStep, fed: number) => {
    assert(
      step.finalTo >= finalTo && step.finalTo <= fed,
      `final to ${step.finalTo} after ${finalTo} of ${fed}`,
    )
    for (const { start } of step.detections)
      assert(start >= finalTo && start < step.finalTo, `${start} of ${JSON.stringify(whole)}`)
    for (const { start } of step.growing ?? []) assert(start >= step.finalTo)
    finalTo = step.finalTo
    finals.push(finalTo)
    detections.push(...step.detections)
    growing.push(...(step.growing ?? []))
  }
  for (let fed = 0, index = 0; fed < whole.length; index++) {
    const size = sizes[index % sizes.length]!
    const piece = whole.slice(fed, fed + size)
    fed += piece.length
    take(scan.push(piece), fed)
  }
  take(scan.end(), whole.length)
  assert.equal(finalTo, whole.length)
  return { detections, growing, finals }
}
