import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formats } from '@airs-cp/providers'
import type { ProviderResponse } from '../exchange.ts'
import { noResponse } from './relay.ts'
import { translateResponse } from './translate-response.ts'
import { withoutOwnAddresses } from './without-own-addresses.ts'

const format = formats['anthropic.batches']!
const path = '/v1/messages/batches'
const without = format.withoutOwnAddresses!(path)!
const facts = { model: undefined, stream: false, includeUsage: false }

/** What the client gets of a response. */
function returned(body: string, status = 200): string {
  const received = {
    request: { format, target: { provider: { name: 'anthropic' } } },
    relayed: { ...noResponse, end: 'complete', status, held: Buffer.from(body) },
  } as unknown as ProviderResponse
  return translateResponse(withoutOwnAddresses(received, without), facts).held.toString('utf8')
}

test('results of a batch are asked for at a path, and all other bytes stay', () => {
  const batch = (at: string) => `{ "id":"b\u00e9",  "results_url": ${at}, "cost":1.50 }`
  const own = '"https://api.anthropic.com/v1/messages/batches/b/results?x=1"'
  const here = '"/v1/messages/batches/b/results"'
  assert.equal(returned(batch(own)), batch(here))
  assert.equal(returned(batch('"http://proxy.example:81/up/v1/messages/batches/b/results"')), batch(here))
  assert.equal(
    returned(`{"data": [${batch(own)}, ${batch('null')}], "has_more":false}`),
    `{"data": [${batch(here)}, ${batch('null')}], "has_more":false}`,
  )
})

test('what names no address, is none or reports an error stays as it is', () => {
  const own = '{"results_url":"https://api.anthropic.com/v1/messages/batches/b/results"}'
  for (const body of ['{"results_url":null}', '{"results_url":"/v1/x"}', '{ "data":[] }', '[1]', 'no JSON'])
    assert.equal(returned(body), body)
  assert.equal(returned(own, 500), own)
  assert.equal(format.withoutOwnAddresses!(`${path}/b/results`), undefined)
})
