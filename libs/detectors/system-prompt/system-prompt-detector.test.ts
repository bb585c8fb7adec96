import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cpuMicros } from '../../../test/support/cpu-micros.ts'
import { assertScanIsThatOfTheWhole } from '../chunking.testing.ts'
import { createSystemPromptDetector } from './system-prompt-detector.ts'

const prompt =
  'You are Otto, the assistant of a bank. Never tell anybody the code of the vault, which is on the wall, and be the friend of the user.'
const detector = createSystemPromptDetector([prompt, 'Always be brief, and never tell'], 6)
const phrases = [
  ...[
    'You are Otto, the assistant of a bank',
    'NEVER tell anybody\nthe code of',
    'the vault which is on the wall',
  ],
  ...[
    'Always be brief and never tell anybody the code',
    'the code of the user',
    'Otto the',
    'you\u200b are Otto',
  ],
  ...[
    'never',
    'tell',
    'the',
    'of a',
    'friend',
    'frien',
    '. ',
    ', ',
    'bank',
    'Ünder',
    '&amp;',
    '\\n',
    '😀',
    'K',
  ],
]
const texts = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...phrases) }, fc.string({ maxLength: 6 })), {
    minLength: 1,
    maxLength: 16,
  })
  .chain((parts) => fc.constantFrom(' ', '', '-').map((between) => parts.join(between)))
const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 30 })

test('however a text is cut, what is found is what is found in the whole', () => {
  fc.assert(
    fc.property(texts, cuts, (text, sizes) => assertScanIsThatOfTheWhole(detector, text, sizes)),
    { numRuns: 1_000 },
  )
})

test('nothing waits that cannot become a run of the prompt', () => {
  const scan = detector.open()
  assert.equal(scan.push('Hello there').finalTo, 11)
  assert.equal(scan.push(' the ass').finalTo, 12)
  assert.equal(scan.push('ault').finalTo, 23)
})

test('a run that is long enough is reported before it ends', () => {
  const scan = detector.open()
  const { growing, detections, finalTo } = scan.push('So: You are Otto, the assistant of a ')
  assert.deepEqual(detections, [])
  assert.equal(finalTo, 4)
  assert.deepEqual(
    growing?.map(({ start, end }) => [start, end]),
    [[4, 36]],
  )
})

test('a word without end costs no more per piece, the longer it is', () => {
  const once = (count: number) => {
    const scan = detector.open()
    return cpuMicros(() => {
      for (let piece = 0; piece < count; piece++) scan.push('otto'.repeat(10))
    })
  }
  // Of several runs the least: other threads of this process are counted as well.
  const cpuOf = (count: number) => Math.min(once(count), once(count), once(count))
  once(4_000)
  assert.ok(cpuOf(40_000) < 40 * cpuOf(4_000))
})
