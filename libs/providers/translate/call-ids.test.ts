import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anthropicCallId, createCallIds, openaiCallId, originalCallId } from './call-ids.ts'

const anyId = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom('functions.Bash:0', 'call_1', 'toolu_01', 'airs-id-', 'airs-id-YQ', '\ud800', ''),
  fc.string().map(anthropicCallId),
)

test('any id fits the alphabet of Anthropic, and is read back as it was', () => {
  fc.assert(
    fc.property(anyId, (id) => {
      const there = anthropicCallId(id)
      assert.match(there, /^[a-zA-Z0-9_-]+$/)
      assert.equal(originalCallId(there), id)
    }),
  )
})

test('two ids stay two', () => {
  fc.assert(
    fc.property(anyId, anyId, (one, other) => {
      fc.pre(one !== other)
      assert.notEqual(anthropicCallId(one), anthropicCallId(other))
    }),
  )
  const long = (end: string) => openaiCallId('x'.repeat(50) + end)
  assert.ok(long('a').length <= 40)
  assert.notEqual(long('a'), long('b'))
  assert.equal(openaiCallId('functions.Bash:0'), 'functions.Bash:0')
})

test('an id that comes again is another one, and a result belongs to the last call of its id', () => {
  const ids = createCallIds()
  const [first, firstResult] = [ids.call('call_0'), ids.result('call_0')]
  const [second, secondResult] = [ids.call('call_0'), ids.result('call_0')]
  assert.equal(first, 'call_0')
  assert.equal(firstResult, first)
  assert.equal(secondResult, second)
  assert.notEqual(first, second)
})

test('calls without ids get some, and their results follow in order', () => {
  const ids = createCallIds()
  const calls = [ids.call(''), ids.call(undefined)]
  assert.equal(new Set(calls).size, 2)
  assert.deepEqual([ids.result(null), ids.result('')], calls)
})

test('results of calls that share an id belong to them in order, and to those of the last message', () => {
  const ids = createCallIds()
  ids.next()
  const first = [ids.call('c'), ids.call('c')]
  assert.deepEqual([ids.result('c'), ids.result('c')], first)
  assert.equal(new Set(first).size, 2)
  ids.next()
  ids.call('c')
  ids.next()
  const last = ids.call('c')
  assert.equal(ids.result('c'), last, 'the call before has no result')
})
