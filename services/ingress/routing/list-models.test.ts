import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Provider } from '../exchange.ts'
import { modelListQuery } from './list-models.ts'

test("a list of models is asked for whole, with a Gemini client's key, and with nothing else that the client wrote", () => {
  const query = '?pageSize=1&key=AIza-client&pageToken=next'
  const queryFor = (kind: string) => modelListQuery({ config: { kind } } as Provider, query)
  assert.equal(queryFor('gemini'), '?pageSize=1000&key=AIza-client')
  assert.equal(queryFor('anthropic'), '?limit=1000')
  assert.equal(queryFor('openai'), '')
})
