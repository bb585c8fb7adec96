import assert from 'node:assert/strict'
import { test } from 'node:test'
import { variablesOf } from '../configuration/variables-of.ts'
import { defaultProvider } from './provider.ts'

test('the provider that was given a credential or an address is the default', () => {
  assert.equal(defaultProvider({ AIRS_OPENAI_API_KEY: 'k' }), 'openai')
  assert.equal(defaultProvider({ AIRS_OPENAI_BASE_URL: 'http://localhost:1/v1' }), 'openai')
  assert.equal(defaultProvider({ AIRS_ANTHROPIC_API_KEY: 'k' }), 'anthropic')
  assert.equal(defaultProvider({ AIRS_AZURE_BASE_URL: 'https://example.test' }), 'azure')
  assert.equal(defaultProvider({ AIRS_OLLAMA_BASE_URL: 'http://localhost:11434' }), 'ollama')
})

test('every provider with variables of its own can be that default', async () => {
  for (const variable of Object.keys(await variablesOf('services/ingress/main.ts'))) {
    const name = /^AIRS_([A-Z]+)_(?:BASE_URL|API_KEY)$/.exec(variable)?.[1]
    if (name !== undefined) assert.equal(defaultProvider({ [variable]: 'given' }), name.toLowerCase())
  }
})

test('what was named wins, and without anything it is the mock', () => {
  assert.equal(defaultProvider({ AIRS_PROVIDER: 'mock', AIRS_OPENAI_API_KEY: 'k' }), 'mock')
  assert.equal(defaultProvider({}), 'mock')
})

test('variables of the official clients, which point at us, count for nothing', () => {
  assert.equal(defaultProvider({ OPENAI_BASE_URL: 'http://localhost:8080/v1', OPENAI_API_KEY: 'k' }), 'mock')
})
