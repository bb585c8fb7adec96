import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Finding, maskOf, masksIn } from '@airs-cp/events'
import fc from 'fast-check'
import { maskTexts, maskValues } from './mask-texts.ts'

const finding = (path: string, start: number, end: number, digest: string): Finding => ({
  detector: 'secrets',
  type: 'api-key',
  path,
  start,
  end,
  confidence: 1,
  digest: digest.padEnd(32, '0'),
})

const word = fc.stringMatching(/^[a-z ]{0,20}$/)
const value = fc.stringMatching(/^[A-Z0-9"\\é]{6,24}$/)

test('a value is masked where it was found and wherever else it is said, and all else stays', () => {
  fc.assert(
    fc.property(value, fc.array(word, { minLength: 2, maxLength: 5 }), word, (secret, parts, rest) => {
      const text = parts.join(secret)
      const found = finding('/a', parts[0]!.length, parts[0]!.length + secret.length, 'ab12cd34')
      const texts = [
        { path: '/a', text },
        { path: '/b', text: `${rest}${secret}` },
        { path: '/c', text: rest },
      ]
      const { edits, values, isIncomplete } = maskTexts(texts, [found], new Set([0]))
      assert.deepEqual(
        edits.map((edit) => [edit.path, edit.text]),
        [
          ['/a', parts.join(maskOf(found))],
          ['/b', `${rest}${maskOf(found)}`],
        ],
      )
      assert.equal(isIncomplete, false)
      const json = JSON.stringify({ [`${rest}${secret}`]: text })
      assert.deepEqual(JSON.parse(maskValues(json, values)), {
        [`${rest}${maskOf(found)}`]: parts.join(maskOf(found)),
      })
    }),
  )
})

test('a value that begins like another one is masked by itself, also at the end of a text', () => {
  fc.assert(
    fc.property(value, fc.stringMatching(/^[A-Z]{1,4}$/), word, (short, more, before) => {
      const long = short + more
      const texts = [
        { path: '/a', text: short },
        { path: '/b', text: long },
        { path: '/c', text: `${before}${short}` },
        { path: '/d', text: `${before}${long} ${short}` },
      ]
      const findings = [finding('/a', 0, short.length, 'aaaaaaaa'), finding('/b', 0, long.length, 'bbbbbbbb')]
      const { edits } = maskTexts(texts, findings, new Set([0, 1]))
      const [first, second] = findings.map(maskOf)
      assert.deepEqual(
        edits.map(({ text }) => text),
        [first, second, `${before}${first}`, `${before}${second} ${first}`],
      )
      for (const [index, { changes }] of edits.entries())
        for (const { start, end } of changes) assert.ok(start < end && end <= texts[index]!.text.length)
    }),
  )
})

test('findings that overlap are masked as one', () => {
  const findings = [finding('/a', 2, 8, 'aaaaaaaa'), finding('/a', 6, 12, 'bbbbbbbb')]
  const { edits } = maskTexts([{ path: '/a', text: '..123456789x..' }], findings, new Set([0, 1]))
  assert.equal(edits[0]!.text, '..[api-key#aaaaaaaa]..')
})

test('what cannot be masked is reported: encoded text, and a finding that is in no text', () => {
  const encoded = { path: '/a', text: '123456', fixed: 'encoded' as const }
  assert.equal(maskTexts([encoded], [finding('/a', 0, 6, 'aa')], new Set([0])).isIncomplete, true)
  assert.equal(
    maskTexts([{ path: '/b', text: 'x' }], [finding('/a', 0, 6, 'aa')], new Set([0])).isIncomplete,
    true,
  )
})

test('thousands of values are looked for in one pass', () => {
  const values = new Map(Array.from({ length: 20_000 }, (_, index) => [`value-${index}-`, `[x#${index}]`]))
  const text = 'value-7- and nothing else '.repeat(20_000)
  const began = performance.now()
  assert.equal(maskValues(text, values), '[x#7] and nothing else '.repeat(20_000))
  assert.ok(performance.now() - began < 5_000)
})

test('masks are found in recorded text', () => {
  const mask = maskOf(finding('/a', 0, 1, 'ab12cd34ff'))
  assert.deepEqual(masksIn(`a ${mask} [x] [y#12]`), [
    { start: 2, end: 2 + mask.length, type: 'api-key', digest: 'ab12cd34' },
  ])
})
