import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AnyEvent, eventTypes } from '@airs-cp/events'
import { changeOf } from './change-of.ts'

const event = (type: string, data: object) => ({ type, data }) as AnyEvent

test('a change is known by what was changed and by whom', () => {
  const cases: [string, object, object | undefined][] = [
    [eventTypes.policyApplied, { name: 'p', actor: 'ann' }, { kind: 'policy', subject: 'p', actor: 'ann' }],
    [eventTypes.policyRemoved, { name: 'p', actor: 'bob' }, { kind: 'policy', subject: 'p', actor: 'bob' }],
    [eventTypes.modeChanged, { mode: 'off', actor: 'ann' }, { kind: 'mode', subject: 'mode', actor: 'ann' }],
    [
      eventTypes.keyCreated,
      { keyId: 'k', name: 'app', actor: 'a' },
      { kind: 'key', subject: 'k', actor: 'a' },
    ],
    [eventTypes.keyRevoked, { keyId: 'k', actor: 'a' }, { kind: 'key', subject: 'k', actor: 'a' }],
    [eventTypes.contentRead, { actor: 'a', what: 'events' }, undefined],
    [eventTypes.journalGapFound, { journal: 'j' }, undefined],
    [eventTypes.requestReceived, { actor: 'a' }, undefined],
  ]
  for (const [type, data, change] of cases) assert.deepEqual(changeOf(event(type, data)), change, type)
})
