import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createLabelReader } from './labels.ts'

const close = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual}`)

test('one number is the logit of an attack', () => {
  close(createLabelReader(undefined)([0]), 0.5)
  close(createLabelReader({ 0: 'INJECTION' })([Math.log(3)]), 0.75)
})

test('the harmless label is known by its name, wherever it stands', () => {
  close(createLabelReader({ 0: 'INJECTION', 1: 'SAFE' })([Math.log(9), 0]), 0.9)
  close(createLabelReader({ 0: 'benign', 1: 'malicious' })([Math.log(9), 0]), 0.1)
  close(createLabelReader(undefined)([0, Math.log(3)]), 0.75)
})

test('of three labels, those that are not harmless are attacks together', () => {
  close(createLabelReader({ 0: 'BENIGN', 1: 'INJECTION', 2: 'JAILBREAK' })([Math.log(2), 0, 0]), 0.5)
})

test('labels that fit no such classifier are refused', () => {
  assert.throws(() => createLabelReader({ 0: 'joy', 1: 'anger' }), /no label for harmless texts: joy, anger/)
  assert.throws(() => createLabelReader({ 0: 'safe', 1: 'benign' }), /no label for attacks/)
  assert.throws(() => createLabelReader({ 0: 'safe', 1: 'attack' })([1, 2, 3]), /returns 3 numbers/)
})

test('whatever the logits, the confidence lies between 0 and 1', () => {
  const logit = fc.double({ min: -1e30, max: 1e30, noNaN: true })
  const read = createLabelReader({ 0: 'SAFE', 1: 'INJECTION', 2: 'JAILBREAK' })
  fc.assert(
    fc.property(logit, logit, logit, (...logits) => {
      const confidence = read(logits)
      assert.ok(confidence >= 0 && confidence <= 1)
    }),
  )
})
