import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { cpuMicros } from '../../../../../test/support/cpu-micros.ts'
import { blockCharacters, blocks } from './blocks.ts'
import { clusters } from './clusters.ts'
import { reveal } from './reveal.ts'

const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes))

describe('revealing a text', () => {
  test('keeps every character of it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.equal(
          reveal(text)
            .map((piece) => piece.text)
            .join(''),
          text,
        )
      }),
    )
  })

  test('names what would change how it looks', () => {
    const named = (text: string) => reveal(text).flatMap(({ hidden }) => hidden?.name ?? [])
    assert.deepEqual(named('a\u202Eb\u200Bc\u2066d\uFEFF'), ['RLO', 'ZWSP', 'LRI', 'BOM'])
    assert.deepEqual(named('\u{E0041}\u{E0042}'), ['tag A', 'tag B'])
    assert.deepEqual(named(`a${'\u0301'.repeat(10)}b`), ['U+0301', 'U+0301'])
    assert.deepEqual(named('line\n\ttab, é, 漢字, שלום'), [])
  })

  test('leaves emoji whole, and shows a joiner between letters', () => {
    assert.equal(reveal('👩\u200D💻').length, 1)
    assert.equal(reveal('a\u200Db').length, 3)
  })
})

test('blocks of a text follow each other, are short, and cut no pair of surrogates', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '😀', '\n', ' '), maxLength: 30_000 })
  fc.assert(
    fc.property(text, (text) => {
      const found = blocks(text)
      assert.equal(found.map(({ start, end }) => text.slice(start, end)).join(''), text)
      for (const { start, end } of found) {
        assert.ok(end - start <= blockCharacters + 1)
        assert.ok(text.slice(start, end).isWellFormed())
      }
    }),
    { numRuns: 30 },
  )
})

test('cutting a text without an end of a line takes time in proportion to its length', () => {
  const leastMicros = (text: string) =>
    Math.min(...Array.from({ length: 5 }, () => cpuMicros(() => void blocks(text))))
  const short = 'x'.repeat(400_000)
  leastMicros(short)
  // Ten times as long; with the square of the length it would take a hundred times as long.
  assert.ok(leastMicros(short.repeat(10)) < 50 * Math.max(leastMicros(short), 100))
})

test('a finding is in one block, up to eight blocks of length', () => {
  const text = 'x'.repeat(20_000)
  const whole = [{ start: 3_990, end: 9_000 }]
  assert.ok(blocks(text, whole).some(({ start, end }) => start <= 3_990 && end >= 9_000))
})

test('findings that overlap are one place, and others are not', () => {
  const range = fc.tuple(fc.nat(100), fc.nat(20)).map(([start, length]) => ({
    start,
    end: start + length,
    detector: 'pii',
    type: 'EMAIL',
    policies: [],
  }))
  fc.assert(
    fc.property(fc.array(range), (marks) => {
      const found = clusters(marks)
      assert.equal(
        found.reduce((sum, { marks }) => sum + marks.length, 0),
        marks.length,
      )
      for (const [index, { start, end }] of found.entries()) {
        const next = found[index + 1]
        assert.ok(!next || next.start >= end || start === end)
      }
    }),
  )
})
