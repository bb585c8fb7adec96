import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exchangeId } from './fields.ts'

test('what is no id of an exchange is told how one looks and where it stands', () => {
  const { error } = exchangeId.safeParse('nowhere')
  assert.match(
    error!.issues[0]!.message,
    /^is not the id of an exchange, which looks like [0-9a-f-]{36}; .*X-AIRS-Exchange-ID/,
  )
  assert.ok(exchangeId.safeParse('019a3d2e-7c41-7b3a-9f10-5d2c8e6b4a07').success)
})
