import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formats } from '../formats.ts'
import { formatAtProvider } from './format-at-provider.ts'
import type { ProviderConfig } from './provider-config.ts'
import { type UpstreamQuestion, upstreamRequest } from './upstream-request.ts'

const question: UpstreamQuestion = {
  format: formats['openai.chat'],
  path: '/v1/chat/completions',
  query: '',
  model: 'gpt-4o',
  headers: { authorization: 'Bearer sk-client', 'content-type': 'application/json', 'openai-project': 'p' },
}

function ask(provider: ProviderConfig, changed: Partial<UpstreamQuestion> = {}) {
  return upstreamRequest(provider, { ...question, ...changed })
}

const openai: ProviderConfig = { kind: 'openai', baseUrl: 'https://api.openai.com/v1' }
const anthropic: ProviderConfig = { kind: 'anthropic', baseUrl: 'https://api.anthropic.com' }
const azure: ProviderConfig = { kind: 'azure', baseUrl: 'https://res.openai.azure.com/' }

test('OpenAI and its like get the path below their base URL, and the client’s credential', () => {
  const { path, headers } = ask(openai)
  assert.equal(path, '/v1/chat/completions')
  assert.deepEqual(headers, question.headers)
  const groq: ProviderConfig = { kind: 'openai-compatible', baseUrl: 'https://api.groq.com/openai/v1/' }
  assert.equal(ask(groq).path, '/openai/v1/chat/completions')
  const models = { format: formats['openai.models'], path: '/v1/models/gpt-4o', query: '?a=1' } as const
  assert.equal(
    ask({ kind: 'ollama', baseUrl: 'http://localhost:11434/v1' }, models).path,
    '/v1/models/gpt-4o?a=1',
  )
})

test('a server-side credential takes the place of whatever the client sent', () => {
  const headers = { authorization: 'Bearer a', 'x-api-key': 'b', 'api-key': 'c' }
  assert.deepEqual(ask({ ...openai, apiKey: 'server' }, { headers }).headers, {
    authorization: 'Bearer server',
  })
  assert.deepEqual(ask({ ...azure, apiKey: 'server' }, { headers }).headers, { 'api-key': 'server' })
  assert.deepEqual(ask({ ...anthropic, apiKey: 'server' }, { headers }).headers, {
    'anthropic-version': '2023-06-01',
    'x-api-key': 'server',
  })
})

test('a client’s credential moves to the header that the provider reads', () => {
  const messages = { format: formats['anthropic.messages'], translated: { stream: false } }
  const fromAnthropic = { 'x-api-key': 'k', 'anthropic-version': '2023-06-01', 'anthropic-beta': 'b' }
  assert.deepEqual(ask(openai, { headers: fromAnthropic }).headers, { authorization: 'Bearer k' })
  assert.deepEqual(ask(anthropic, { ...messages, headers: fromAnthropic }), {
    path: '/v1/messages',
    headers: fromAnthropic,
    model: undefined,
  })
  const fromOpenai = ask(anthropic, messages).headers
  assert.equal(fromOpenai['x-api-key'], 'sk-client')
  assert.equal(fromOpenai.authorization, undefined)
  assert.equal(fromOpenai['openai-project'], undefined)
  const oauth = ask(anthropic, { headers: { authorization: 'Bearer sk-ant-oat01-x' } }).headers
  assert.equal(oauth.authorization, 'Bearer sk-ant-oat01-x')
  const entra = ask(azure, { headers: { authorization: 'Bearer eyJhbGciOiJSUzI1NiJ9.e30.sig' } }).headers
  assert.equal(entra.authorization, 'Bearer eyJhbGciOiJSUzI1NiJ9.e30.sig')
  assert.deepEqual(ask(openai, { headers: {} }).headers, {})
})

test('Azure has routes per deployment under a dated version, and the plain ones without', () => {
  const dated: ProviderConfig = { ...azure, apiVersion: '2024-10-21', deployments: { 'gpt-4o': 'prod 4o' } }
  assert.deepEqual(ask(dated, { query: '?x=1' }), {
    path: '/openai/deployments/prod%204o/chat/completions?x=1&api-version=2024-10-21',
    headers: { 'content-type': 'application/json', 'openai-project': 'p', 'api-key': 'sk-client' },
    model: 'prod 4o',
  })
  assert.equal(
    ask(dated, { model: 'toString' }).path,
    '/openai/deployments/toString/chat/completions?api-version=2024-10-21',
  )
  assert.equal(
    ask(dated, { format: formats['openai.responses'], path: '/v1/responses' }).path,
    '/openai/responses?api-version=2024-10-21',
  )
  assert.equal(ask(azure).path, '/openai/v1/chat/completions')
  assert.equal(ask(azure).model, undefined)
  assert.equal(
    ask({ ...azure, baseUrl: 'https://res.openai.azure.com/openai/v1' }).path,
    '/openai/v1/chat/completions',
  )
})

test('a provider that does not speak the client’s format is asked in one that can be translated to', () => {
  assert.equal(formatAtProvider('openai', formats['openai.responses'])?.id, 'openai.responses')
  assert.equal(formatAtProvider('anthropic', formats['openai.chat'])?.id, 'anthropic.messages')
  assert.equal(formatAtProvider('azure', formats['anthropic.messages'])?.id, 'openai.chat')
  assert.equal(formatAtProvider('mock', formats['anthropic.messages'])?.id, 'anthropic.messages')
  assert.equal(formatAtProvider('anthropic', formats['openai.embeddings']), undefined)
  assert.equal(formatAtProvider('openai', formats['anthropic.count-tokens']), undefined)
})

test('the API version that an Azure client names goes to Azure alone, where it fits', () => {
  const pathOf = (provider: ProviderConfig, query: string) => ask(provider, { query }).path
  assert.equal(pathOf(openai, '?api-version=2024-10-21'), '/v1/chat/completions')
  assert.equal(pathOf(openai, '?a=1&api-version=2024-10-21&b=2'), '/v1/chat/completions?a=1&b=2')
  assert.equal(pathOf(azure, '?api-version=2024-10-21'), '/openai/v1/chat/completions')
  assert.equal(pathOf(azure, '?api-version=preview'), '/openai/v1/chat/completions?api-version=preview')
  assert.equal(
    pathOf({ ...azure, apiVersion: '2024-10-21' }, '?api-version=2023-05-15'),
    '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
  )
})

test('the path that a translated request has for Gemini names the model, and whether it streams', () => {
  const gemini: ProviderConfig = {
    kind: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/',
  }
  const format = formats['gemini.generate-content']
  const path = (stream: boolean, model: string) =>
    ask(gemini, { format, model, query: '?beta=true', translated: { stream } }).path
  assert.equal(path(false, 'gemini-3-flash'), '/v1beta/models/gemini-3-flash:generateContent')
  assert.equal(
    path(true, 'models/gemini-3-flash'),
    '/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse',
  )
  assert.equal(path(false, '../files?x=1'), '/v1beta/models/..%2Ffiles%3Fx%3D1:generateContent')
})

test('a request of Gemini that was translated takes neither its query nor its key to another provider', () => {
  const asked = ask(openai, {
    path: '/v1beta/models/gpt-4o:streamGenerateContent',
    query: '?alt=sse&key=client',
    headers: { 'x-goog-api-key': 'client', 'x-goog-api-client': 'google-genai-sdk' },
    translated: { stream: true },
  })
  assert.deepEqual(asked, {
    path: '/v1/chat/completions',
    headers: { authorization: 'Bearer client' },
    model: undefined,
  })
})
