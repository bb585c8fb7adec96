import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { rawElements } from './raw-elements.ts'

describe('raw elements of a list', () => {
  test('keep what parsing would lose', () => {
    const events = ['{"a":1.0,"2":"\\u00e9","1":{"b":[1e2, "]"]}}', '"\\\\\\""', ' -0']
    const json = `{"events":[${events.join(',')}],"next":7}`
    assert.deepEqual(rawElements(json), ['{"a":1.0,"2":"\\u00e9","1":{"b":[1e2, "]"]}}', '"\\\\\\""', '-0'])
  })

  test('of an empty list are none', () => {
    assert.deepEqual(rawElements('{"events":[],"next":null}'), [])
    assert.deepEqual(rawElements('{"events": [ ] }'), [])
  })

  test('are the texts that were put together, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.json()), fc.json(), (elements, next) => {
        const trimmed = elements.map((element) => element.trim())
        assert.deepEqual(rawElements(`{"events":[${elements.join(',')}],"next":${next}}`), trimmed)
      }),
    )
  })
})
