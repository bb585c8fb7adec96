import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AgentSession, type Baseline, judgeCalls, stepKey } from './judge-calls.ts'

const fresh: AgentSession = { calls: 0, lastTool: undefined, isReported: false }
const learned: Baseline = {
  calls: 60,
  sessions: 10,
  tools: new Map([
    ['search', 40],
    ['read', 20],
  ]),
  steps: new Set([stepKey('search', 'read'), stepKey('search', 'search')]),
  mostCallsInASession: 6,
}
const kinds = (baseline: Baseline, session: AgentSession, calls: string[]) =>
  judgeCalls(baseline, session, calls).anomalies.map(({ kind, tool }) => `${kind} ${tool}`)

test('a tool that an agent never called is unexpected, once enough was seen', () => {
  assert.deepEqual(kinds(learned, fresh, ['search', 'delete', 'delete']), ['unexpected-tool delete'])
  assert.deepEqual(kinds({ ...learned, calls: 19 }, fresh, ['delete']), [])
})

test('a known tool after another that it never came after is unusual', () => {
  assert.deepEqual(kinds(learned, fresh, ['search', 'read', 'search']), ['unusual-sequence search'])
  assert.deepEqual(kinds(learned, { ...fresh, lastTool: 'read' }, ['read']), ['unusual-sequence read'])
  assert.deepEqual(kinds(learned, fresh, ['search', 'search', 'read']), [])
})

test('more calls than three times the most of any session before are excessive, reported once', () => {
  const busy = { ...fresh, calls: 17, lastTool: 'search' }
  assert.deepEqual(kinds(learned, busy, ['search']), [])
  const { anomalies, session } = judgeCalls(learned, { ...busy, calls: 18 }, ['search', 'search'])
  assert.deepEqual(
    anomalies.map(({ kind, explanation }) => [kind, explanation]),
    [['excessive-calls', '19 calls in the session; the most of 10 sessions before were 6']],
  )
  assert.deepEqual(kinds(learned, session, ['search']), [])
})

test('an agent that does what it always did is never an anomaly, however its calls are spread over answers', () => {
  const call = fc.constantFrom('search', 'read')
  fc.assert(
    fc.property(fc.array(call, { maxLength: 10 }), fc.nat(10), (calls, cut) => {
      const seen = {
        ...learned,
        steps: new Set([...learned.steps, stepKey('read', 'search'), stepKey('read', 'read')]),
      }
      const first = judgeCalls(seen, fresh, calls.slice(0, cut))
      const second = judgeCalls(seen, first.session, calls.slice(cut))
      assert.deepEqual([...first.anomalies, ...second.anomalies], [])
      assert.deepEqual(second.session, judgeCalls(seen, fresh, calls).session)
    }),
  )
})
