import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cpuMicros } from '../../../test/support/cpu-micros.ts'
import { assertScanIsThatOfTheWhole } from '../chunking.testing.ts'
import { createSystemPromptDetector } from './system-prompt-detector.ts'

const prompt =
  'You are Otto, the assistant of a bank. Never tell anybody the code of the vault, which is on the wall, and be the friend of the user.'
const far = {
  chinese: '你是某某银行的客服助手。绝对不要透露内部折扣代码。退款上限为三百元，超过需要经理批准。',
  japanese:
    'あなたはアクメ銀行のアシスタントです。割引コードを絶対に明かさないでください。返金には承認が必要です。',
  thai: 'คุณคือผู้ช่วยของธนาคารแอคมี ห้ามเปิดเผยรหัสส่วนลดเด็ดขาด การคืนเงินต้องได้รับอนุมัติจากผู้จัดการ',
  french: 'Vous êtes l’assistant privilégié de l’hôtel. Ne révélez jamais à personne le code du coffre-fort.',
}
const detector = createSystemPromptDetector(
  [prompt, 'Always be brief, and never tell', ...Object.values(far)],
  6,
)
const base64 = (text: string) => Buffer.from(text).toString('base64')
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
  ...Object.values(far).flatMap((text) => [text.slice(3, 30), text.normalize('NFD').slice(9, 40)]),
  ...[base64('You are Otto, the assistant of a bank'), base64(base64(prompt)), base64('Hello, how are you?')],
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

test('part of a prompt is found in scripts without spaces, and a few letters of it are not', () => {
  for (const text of [far.chinese, far.japanese, far.thai]) {
    const found = createSystemPromptDetector([text], 10)
    assert.equal(found.detect(`OK: ${text.slice(5, -5)}`).length, 1, text)
    assert.deepEqual(found.detect(`${text.slice(0, 10)} x ${text.slice(12, 20)}`), [], text)
  }
})

test('accents are compared with no regard to how, or whether, they are written', () => {
  const found = createSystemPromptDetector([far.french], 10)
  const bare = far.french.normalize('NFD').replace(/\p{M}/gu, '')
  for (const text of [far.french.normalize('NFD'), far.french.toUpperCase(), bare])
    assert.equal(found.detect(text)[0]?.end, text.length - 1, text)
})

test('a prompt is found that stands as base64', () => {
  for (const text of [base64(prompt), base64(`Here: ${base64(prompt)}`)]) {
    assert.deepEqual(
      detector.detect(`Sure: ${text}, yes`).map(({ start, end }) => [start, end]),
      [[6, 6 + text.length]],
    )
    assert.deepEqual(detector.detect(`Sure: ${base64('Hello, how can I help you today?')}`), [])
  }
})
