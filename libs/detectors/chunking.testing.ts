import assert from 'node:assert/strict'
import type { Detection, SpanDetector } from './detector.ts'
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
}
