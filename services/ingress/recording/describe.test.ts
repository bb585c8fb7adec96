import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordBody } from '@airs-cp/events'
import { allRecorded } from '../decision/cover-content.ts'
import type { Outcome, PreparedRequest, ProviderResponse } from '../exchange.ts'
import { coveredOutcome } from './describe.ts'
import type { ExchangeRecorder } from './recorder.ts'

const record = {
  cover: () => allRecorded,
  body: async (bytes: Buffer, mediaType: string) => recordBody(bytes, mediaType),
  settle: async (body: unknown) => body,
} as unknown as ExchangeRecorder

const requestOf = (text: string, changes: PreparedRequest['changes'], ignored: string[] = []) =>
  ({ body: Buffer.from(text), changes, ignored, headers: {} }) as unknown as PreparedRequest

const forwarded = async (first: PreparedRequest, last: PreparedRequest) => {
  const received = { request: last, relayed: { headers: {} } } as unknown as ProviderResponse
  const outcome = await coveredOutcome({} as Outcome, received, undefined, record, first)
  return outcome.forwarded && { ...outcome.forwarded, body: outcome.forwarded.body.text }
}

test('what a fallback got is recorded with its outcome, where it is not what the first provider got', async () => {
  const first = requestOf('{"model":"a"}', ['renamed'])
  assert.equal(await forwarded(first, first), undefined)
  assert.equal(await forwarded(first, requestOf('{"model":"a"}', ['renamed'])), undefined)
  assert.deepEqual(await forwarded(first, requestOf('{"m":1}', ['redacted', 'translated'], ['seed'])), {
    body: '{"m":1}',
    changes: ['redacted', 'translated'],
    ignored: ['seed'],
  })
  // It got what the client sent, and the first one did not.
  assert.deepEqual(await forwarded(first, requestOf('{}', [])), { body: '{}', changes: [] })
})
