import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formats } from '@airs-cp/providers'
import { toRefusal } from '../admission/refusal.ts'
import type { Exchange } from '../exchange.ts'
import type { Opening } from '../recording/describe.ts'
import { refusedEnding } from './refused-ending.ts'

const refusal = toRefusal(new Error('nobody foresaw this'))
const isSent = { isSent: true, status: 200 }
const isNotSent = { isSent: false, status: 200 }

function ending(sentTo: string | undefined, head: { isSent: boolean; status: number }) {
  const exchange = { id: 'e', session: 's', sentTo, startedAtMs: performance.now() } as Exchange
  const opening = async () => ({ request: { method: 'POST' } }) as Opening
  return refusedEnding({ exchange, format: formats['openai.chat'], head, refusal, opening })
}

test('an error before the request is recorded rejects it', async () => {
  const { event, response } = await ending(undefined, isNotSent)
  assert.equal(event.type, 'airs.request-rejected.v1')
  assert.ok('request' in event.data && event.data.status === 500)
  assert.ok(typeof response === 'object' && response.status === 500)
})

test('an error after the request is recorded is how its response failed', async () => {
  const { event, response } = await ending('openai', isNotSent)
  assert.equal(event.type, 'airs.response-failed.v1')
  assert.ok('provider' in event.data && !('request' in event.data))
  assert.deepEqual([event.data.provider, event.data.status], ['openai', 500])
  assert.ok(typeof response === 'object' && response.status === 500)
})

test('an error in the middle of a response is recorded with the status that went out, and cuts it off', async () => {
  const { event, response } = await ending('openai', isSent)
  assert.equal(event.type, 'airs.response-failed.v1')
  assert.equal(event.data.status, 200)
  assert.equal(response, 'cut')
})
