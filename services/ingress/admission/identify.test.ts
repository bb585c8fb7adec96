import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { identify } from './identify.ts'

test('of too many tags the first ones go, which the client wrote and no proxy appended', () => {
  const tags = Array.from({ length: 40 }, (_, index) => `t${index}`)
  const request = { headers: { 'x-airs-tags': tags.join(',') }, socket: {} } as unknown as IncomingMessage
  assert.deepEqual(identify(request, 'default', 'fingerprint-key').tags, tags.slice(-32))
})
