import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actions, exportFiltersSchema } from '@airs-cp/events'
import { exports } from './exports.ts'

const { body } = exports['POST /v1/exports']

test('an action that there is not is refused, so that nobody reads that nothing was blocked', () => {
  for (const action of actions) assert.ok(body.safeParse({ filters: { action } }).success)
  const { error } = body.safeParse({ filters: { action: 'blocked' } })
  assert.match(error!.issues[0]!.message, /\bblock\b/)
})

test('events of exports that were requested before are still read', () => {
  assert.ok(exportFiltersSchema.safeParse({ action: 'blocked' }).success)
})
