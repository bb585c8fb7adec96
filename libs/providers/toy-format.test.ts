import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openaiErrorBody, openaiErrorFrames } from './formats/openai/error.ts'
import { readModelRequest } from './formats/read-request.ts'
import { toolless } from './formats/toolless.ts'
import { unstreamed } from './formats/unstreamed.ts'
import { allFormats, indexFormats } from './formats.ts'
import { isObject, stringOf } from './json.ts'
import { readResponseTexts } from './read-body.ts'
import { rewriteResponse } from './rewrite-response.ts'
import { formatAtProvider } from './upstream/format-at-provider.ts'
import { upstreamRequest } from './upstream/upstream-request.ts'
import type { WireFormat } from './wire-format.ts'

/** `POST /v1/toy {"model","ask"}` → `{"toy"}`: all that a format needs, in one file. */
const toy: WireFormat = {
  ...unstreamed,
  ...toolless,
  id: 'toy',
  routes: ['POST /v1/toy'],
  apis: ['openai'],
  hasDeploymentRoute: false,
  operationName: 'toy',
  generatesText: true,
  isRepeatable: true,
  listsModels: false,
  readRequest: (body) => readModelRequest(body, () => undefined),
  requestTexts: (body) => textAt(body, 'ask', 'user'),
  responseTexts: (body) => textAt(body, 'toy', 'assistant'),
  opaqueAt: () => undefined,
  fields: new Set(['model', 'ask']),
  requestTurns: ({ ask }) => ({ turns: [{ kind: 'message', role: 'user', content: stringOf(ask) ?? '' }] }),
  isResponse: ({ toy }) => typeof toy === 'string',
  responseTurns: ({ toy }) => [{ kind: 'message', role: 'assistant', content: stringOf(toy) ?? '' }],
  usage: () => undefined,
  errorBody: openaiErrorBody,
  errorFrames: openaiErrorFrames,
}

function textAt(body: unknown, field: string, role: 'user' | 'assistant') {
  const text = isObject(body) ? stringOf(body[field]) : undefined
  return text === undefined ? [] : [{ path: `/${field}`, text, role, kind: 'text' as const }]
}

test('a format that is added is found, read, forwarded, judged and changed like any other', () => {
  const index = indexFormats([...allFormats, toy])
  const format = index.ofPath('POST', '/v1/toy')!
  assert.equal(format, toy)
  assert.equal(index.find('toy'), toy)
  assert.equal(index.ofResponse({ toy: 'bear' }), toy)
  assert.equal(index.ofPath('POST', '/v1/messages')?.id, 'anthropic.messages')

  const body = { model: 'm', ask: 'a bear?' }
  assert.deepEqual(format.readRequest(body), { model: 'm', stream: false, includeUsage: false })
  assert.deepEqual(
    format.requestTexts(body).map(({ text }) => text),
    ['a bear?'],
  )
  assert.equal(formatAtProvider('ollama', format), toy)
  assert.equal(formatAtProvider('anthropic', format), undefined)
  const { path } = upstreamRequest(
    { kind: 'openai', baseUrl: 'https://api.openai.com/v1' },
    { format, path: '/v1/toy', query: '', model: 'm', headers: {} },
  )
  assert.equal(path, '/v1/toy')
  const written = '{ "toy": "bear" }'
  const { texts } = readResponseTexts(format, { toy: 'bear' })
  assert.equal(
    rewriteResponse(format, written, texts, [{ path: '/toy', text: '[ANIMAL]' }]),
    '{ "toy": "[ANIMAL]" }',
  )
})
