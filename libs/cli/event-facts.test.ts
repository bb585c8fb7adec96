import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { eventFacts } from './event-facts.ts'

describe('the facts of an event', () => {
  test('of an exchange are model, provider, decision and outcome', () => {
    const data = {
      provider: 'mock',
      model: 'gpt-4o-mini',
      status: 200,
      decision: {
        action: 'redact',
        verdicts: [
          { policy: 'mask-emails', action: 'redact', enforced: true },
          { policy: 'no-cards', action: 'block', enforced: false },
          { policy: 'calm', action: 'allow', enforced: true },
        ],
        findings: [{ type: 'EMAIL' }, { type: 'SSN' }, { type: 'EMAIL' }],
      },
      timing: { durationMs: 12.6 },
      usage: { inputTokens: 3 },
    }
    assert.deepEqual(eventFacts({ data }), [
      'gpt-4o-mini',
      'via mock',
      'redact',
      '(mask-emails, no-cards would block)',
      '3 findings (EMAIL 2, SSN)',
      'status 200',
      '13 ms',
      '3+? tokens',
    ])
  })

  test('of a request without a model are its path and why it was rejected', () => {
    const data = { request: { path: '/v1/nothing' }, error: { code: 'unknown_url' }, status: 404 }
    assert.deepEqual(eventFacts({ data }), ['/v1/nothing', 'status 404', 'unknown_url'])
  })

  test('of a change are what, and by whom', () => {
    assert.deepEqual(eventFacts({ data: { name: 'mask', version: 3, actor: 'local' } }), [
      'mask v3',
      'by local',
    ])
    assert.deepEqual(eventFacts({ data: { mode: 'off', reason: 'fire drill', actor: 'local' } }), [
      'mode off',
      '"fire drill"',
      'by local',
    ])
  })

  test('of something unknown are none', () => {
    assert.deepEqual(eventFacts({ data: { strange: true, request: null, decision: 7 } as never }), [])
  })
})
