import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Finding } from '@airs-cp/events'
import fc from 'fast-check'
import type { EvaluatedText } from './evaluation-context.ts'
import { redactTexts } from './redact-texts.ts'

const values = ['ann@b.example', 'bob@b.example', 'B@b.example']

/** Every place of every value, as `EMAIL`. */
function findIn(texts: readonly EvaluatedText[]): Finding[] {
  return texts.flatMap(({ path, text }) =>
    values.flatMap((value) => {
      const start = text.indexOf(value)
      const found = { type: 'EMAIL', detector: 'pii', path, start, end: start + value.length, confidence: 1 }
      return start === -1 ? [] : [{ ...found, digest: value } as Finding]
    }),
  )
}

const names = fc.uniqueArray(
  fc.constantFrom(
    ...values,
    '[EMAIL_1]',
    '[EMAIL_2]',
    '[email_1]',
    '[EMAIL_3]',
    `to ${values[0]}`,
    'to [EMAIL_1]',
  ),
  { selector: (name) => name.toLowerCase() },
)

test('no object gets two members of one name', () => {
  fc.assert(
    fc.property(
      names,
      fc.constantFrom('body', 'json', 'nested'),
      fc.boolean(),
      (keys, place, isReversible) => {
        const written = JSON.stringify(Object.fromEntries(keys.map((key, index) => [key, index])))
        const about = { role: 'user', kind: 'unknown' } as const
        const texts: EvaluatedText[] =
          place === 'body'
            ? keys.map((text, index) => ({ path: `/x#${index}`, text, ...about }))
            : [{ path: '/x', text: place === 'json' ? written : JSON.stringify({ a: written }), ...about }]
        const findings = findIn(texts)
        const { edits } = redactTexts(texts, findings, new Set(findings.keys()), () => isReversible)
        const after = texts.map(({ path, text }) => edits.find((edit) => edit.path === path)?.text ?? text)
        const left =
          place === 'body'
            ? after
            : Object.keys(JSON.parse(place === 'json' ? after[0]! : JSON.parse(after[0]!).a))
        assert.equal(new Set(left.map((key) => key.toLowerCase())).size, keys.length, left.join())
      },
    ),
  )
})

test('values that share their first finding, and are others, have other names', () => {
  const texts = ['ann@b.example;1', 'ann@b.example;2'].map(
    (text, index): EvaluatedText => ({ path: `#${index}`, text, role: 'user', kind: 'unknown' }),
  )
  const findings = texts.flatMap(({ path, text }) => {
    const found = { detector: 'd', path, start: 0, confidence: 1 }
    return [
      { ...found, type: 'EMAIL', end: 13, digest: 'ann' },
      { ...found, type: 'LINE', start: 5, end: text.length, digest: text },
    ] as Finding[]
  })
  const { edits } = redactTexts(texts, findings, new Set(findings.keys()), () => false)
  assert.deepEqual(
    edits.map(({ text }) => text),
    ['[EMAIL_1]', '[EMAIL_2]'],
  )
})

test('texts are looked through once for placeholders that they say, however many values are replaced', () => {
  const readsOf = (count: number) => {
    const words = Array.from({ length: count }, (_, index) => `user${index}@b.example`)
    let reads = 0
    const beside: EvaluatedText = {
      path: '/beside',
      get text() {
        reads++
        return 'not [EMAIL_2], but [EMAIL_[EMAIL_4]'
      },
    }
    const findings = words.map((word, index) => ({
      ...{ detector: 'pii', type: 'EMAIL', path: `/${index}`, start: 0, end: word.length, confidence: 1 },
      digest: word,
    })) as Finding[]
    const texts = words.map((text, index) => ({ path: `/${index}`, text }))
    const chosen = new Set(findings.keys())
    const { restorations } = redactTexts([...texts, beside], findings, chosen, () => true)
    assert.deepEqual([...restorations.keys()].slice(0, 3), ['[EMAIL_1]', '[EMAIL_3]', '[EMAIL_5]'])
    return reads
  }
  assert.equal(readsOf(50), readsOf(3))
})
