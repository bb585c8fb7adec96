import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unreachableReason } from './unreachable-reason.ts'

test('why a server cannot be reached is said in words, and never empty', () => {
  const refused = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
  assert.equal(unreachableReason(refused), 'connection refused')
  assert.equal(unreachableReason(new Error('something else')), 'something else')
  assert.equal(unreachableReason(Object.assign(new Error(''), { code: 'EODD' })), 'EODD')
  assert.equal(unreachableReason(new Error('')), 'unknown reason')
})
