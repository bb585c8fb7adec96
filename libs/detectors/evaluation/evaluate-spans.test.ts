import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Detection, Detector } from '@airs-cp/detectors'
import { evaluateSpans, match } from './evaluate-spans.ts'

const detection = (type: string, start: number, end: number): Detection => ({
  type,
  start,
  end,
  confidence: 1,
})
/** Finds every run of the letter E as an EMAIL. */
const detector: Pick<Detector, 'detect'> = {
  detect: (text) =>
    [...text.matchAll(/E+/g)].map((found) => detection('EMAIL', found.index, found.index + found[0].length)),
}
const row = (text: string, spans: { start: number; end: number; type: string }[]) => ({
  text,
  source: 's',
  kind: 'k',
  spans,
})

test('a span is found where a detection of its type overlaps it, one for one', () => {
  const spans = [
    { start: 0, end: 4, type: 'EMAIL' },
    { start: 6, end: 9, type: 'PHONE' },
  ]
  const detections = [detection('EMAIL', 3, 5), detection('EMAIL', 0, 2), detection('EMAIL', 6, 9)]
  const typed = match(spans, detections, true)
  assert.deepEqual(typed.get('EMAIL'), { truePositives: 1, falsePositives: 2, falseNegatives: 0 })
  assert.deepEqual(typed.get('PHONE'), { truePositives: 0, falsePositives: 0, falseNegatives: 1 })
  assert.deepEqual(match(spans, detections, false).get('PHONE'), {
    truePositives: 1,
    falsePositives: 0,
    falseNegatives: 0,
  })
})

test('types that the detector does not know count by type only', () => {
  const rows = [
    row('EE x', [
      { start: 0, end: 2, type: 'EMAIL' },
      { start: 3, end: 4, type: 'ORG' },
    ]),
    row('x', []),
    row('E', []),
  ]
  const evaluation = evaluateSpans(rows, detector, detector, { typed: true })
  assert.equal(evaluation.overall.recall, 1)
  assert.equal(evaluation.overall.precision, 0.5)
  assert.deepEqual(evaluation.core && [evaluation.core.truePositives, evaluation.core.falsePositives], [1, 1])
  assert.deepEqual(evaluation.byType.ORG?.recall, 0)
  assert.deepEqual(evaluation.negatives, { documents: 2, hit: 1, hitPercent: 50 })
})
