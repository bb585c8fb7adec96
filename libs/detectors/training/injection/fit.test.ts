import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ModelWindow } from '../../injection/model-file.ts'
import { type Example, exampleOf } from './examples.ts'
import { createRandom, pick } from './expand.ts'
import { type FitOptions, fit, scoreOf, windowsOf } from './fit.ts'

const options: FitOptions = {
  windows: [
    { words: 16, stride: 8, handicap: 0 },
    { words: 5, stride: 2, handicap: 0 },
  ],
  lengthPower: 0.8,
  leastWords: 4,
  epochs: 6,
  learningRate: 0.1,
  decay: 2e-3,
  allWindowsEpochs: 2,
  mostWindows: 3,
  sourcePower: 0.2,
  importance: {},
  meanEpochs: 2,
  lettersScale: 0.2,
  seed: 3,
}

const random = createRandom(1)
const said = (words: readonly string[], count: number) =>
  Array.from({ length: count }, () => pick(words, random)).join(' ')
const hostile = ['ignore', 'your', 'previous', 'rules', 'now', 'please']
const harmless = ['bake', 'your', 'bread', 'slowly', 'now', 'please']
const rows = Array.from({ length: 60 }, (_, index) => {
  const attack = index % 2 === 0
  return { text: said(attack ? hostile : harmless, 8 + index), attack, source: attack ? 'a' : 'b' }
})
const examples = rows.map(exampleOf)

describe('a model that was fitted', () => {
  test('is the same for the same examples, options and seed, and another for another seed', () => {
    assert.deepEqual(fit(examples, options), fit(examples, options))
    assert.notDeepEqual(fit(examples, options), fit(examples, { ...options, seed: 4 }))
  })

  test('tells what it was trained on, of however few windows at a time', () => {
    for (const mostWindows of [1, 3, Number.POSITIVE_INFINITY]) {
      const fitted = fit(examples, { ...options, mostWindows })
      for (const example of examples)
        assert.equal(scoreOf(windowsOf(example, options), fitted) > 0, example.attack)
    }
  })

  test('scores a long text by a narrow window only where that is ahead by more than its handicap', () => {
    const fitted = fit(examples, options)
    const [wide, narrow] = options.windows as [ModelWindow, ModelWindow]
    const score = (example: Example, windows: ModelWindow[]) =>
      scoreOf(windowsOf(example, { ...options, windows }), fitted)
    for (const example of examples)
      for (const handicap of [0, 0.3, 100]) {
        const best = score(example, [wide, { ...narrow, handicap }])
        const expected = Math.max(score(example, [wide]), score(example, [wide, narrow]) - handicap)
        assert.ok(Math.abs(best - expected) < 1e-9)
      }
  })

  test('does not depend on how many windows are drawn where no text has more', () => {
    const most = Math.max(...examples.map((example) => windowsOf(example, options).length))
    assert.deepEqual(
      fit(examples, { ...options, mostWindows: most }),
      fit(examples, { ...options, mostWindows: Number.POSITIVE_INFINITY }),
    )
  })

  test('finds an attack in a long text of which few windows are drawn', () => {
    const planted = Array.from({ length: 40 }, () => {
      const before = said(harmless, 60)
      const attack = said(hostile, 6)
      const text = `${before} ${attack} ${said(harmless, 20)}`
      return {
        text,
        attack: true,
        source: 'c',
        planted: { start: before.length + 1, end: before.length + 1 + attack.length },
      }
    })
    const carriers = planted.map(() => ({ text: said(harmless, 86), attack: false, source: 'd' }))
    const trained = [...planted, ...carriers].map(exampleOf)
    const fitted = fit([...examples, ...trained], options)
    for (const example of trained)
      assert.equal(scoreOf(windowsOf(example, options), fitted) > 0, example.attack)
  })
})
