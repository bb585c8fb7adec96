import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { closestName, didYouMean } from './closest-name.ts'

const names = ['action', 'direction', 'detectors', 'onError', 'AIRS_OPENAI_BASE_URL', 'AIRS_OPENAI_API_KEY']

test('a slip of a finger is found', () => {
  for (const [written, meant] of [
    ['acton', 'action'],
    ['actoin', 'action'],
    ['detector', 'detectors'],
    ['on_error', 'onError'],
    ['on-error', 'onError'],
    ['AIRS_OPENAI_BASEURL', 'AIRS_OPENAI_BASE_URL'],
    ['AIRS_OPENAI_KEY', 'AIRS_OPENAI_API_KEY'],
  ] as const)
    assert.equal(closestName(written, names), meant, written)
  assert.equal(didYouMean('acton', names), ' (did you mean "action"?)')
})

test('what is far from every name has no suggestion', () => {
  for (const written of ['severity', 'x', '']) assert.equal(didYouMean(written, names), '', written)
})

test('a name is closest to itself, however it is written', () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), (name) => {
      assert.equal(closestName(name.toUpperCase(), names), name)
    }),
  )
})
