import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger, listen } from '@airs-cp/runtime'
import { checkBaseUrls, describeResponse } from './check-base-urls.ts'
import { openProviders } from './providers.ts'

const isApi = (status: number, text: string) => describeResponse(status, text).isApi

test('what model APIs say to a request without a credential is an API', () => {
  for (const [status, text] of [
    [200, '{"object":"list","data":[]}'],
    [401, '{"error":{"message":"no key"}}'],
    [401, 'Unauthorized'],
    [404, '{"error":{"type":"not_found_error","message":"no such model"}}'],
    [400, '{"detail":"body"}'],
    [503, ''],
  ] as const)
    assert.equal(isApi(status, text), true, `${status} ${text}`)
})

test('what other servers say is none', () => {
  for (const [status, text] of [
    [200, '<!doctype html><title>Welcome to nginx!</title>'],
    [200, 'Ollama is running'],
    [404, '404 page not found'],
    [404, '{"detail":"Not Found"}'],
    [404, '<html>'],
    [403, '\n<html>'],
    [301, ''],
    [405, ''],
  ] as const)
    assert.equal(isApi(status, text), false, `${status} ${text}`)
})

test('an address with a problem is looked at until it has none, and the others once', {
  timeout: 60_000,
}, async () => {
  await using stack = new AsyncDisposableStack()
  const log = createLogger('test', 'silent')
  const serve = async (answer: (count: number) => string) => {
    let count = 0
    const server = await listen((_request, response) => response.end(answer(++count)), {
      host: '127.0.0.1',
      port: 0,
    })
    stack.defer(() => server.close(0))
    return { url: server.url, count: () => count }
  }
  const api = await serve(() => '{"data":[]}')
  const starting = await serve((count) => (count < 6 ? '<html>' : '{"data":[]}'))
  const kind = 'openai-compatible'
  const providers = await openProviders(
    {
      providers: {
        api: { kind, baseUrl: `${api.url}/v1` },
        starting: { kind, baseUrl: `${starting.url}/v1` },
      },
      defaultProvider: 'api',
      timeouts: { connectMs: 5_000, firstByteMs: 5_000, idleMs: 5_000, totalMs: 5_000 },
    },
    log,
  )
  stack.defer(providers.close)
  const check = stack.use(
    checkBaseUrls([providers.find('api')!, providers.find('starting')!], log, { everyMs: 5 }),
  )
  while (starting.count() < 4) await new Promise(setImmediate)
  assert.match(check.note() ?? '', /^provider starting .* a web page/)
  while (check.note()) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.deepEqual([api.count(), starting.count()], [1, 6])
})
