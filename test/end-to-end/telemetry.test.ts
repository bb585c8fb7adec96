import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createMockProvider } from '@airs-cp/providers'
import { repositoryRoot } from '../../infra/local/data-directory.ts'
import { controlOf, until } from '../support/control.ts'
import { type OtlpSink, type ReceivedSpan, startOtlpSink } from '../support/otlp-sink.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const canary = 'canary9Zq7'
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const clientSpan = '00f067aa0ba902b7'
const kinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 }

describe('telemetry', () => {
  let stack: Stack
  let sink: OtlpSink
  let control: ReturnType<typeof controlOf>
  let directory: TemporaryDirectory
  const mock = createMockProvider()
  const asked: IncomingHttpHeaders[] = []
  const provider = createServer((request, response) => {
    asked.push(request.headers)
    mock(request, response)
  })

  before(async () => {
    directory = makeTemporaryDirectory()
    sink = await startOtlpSink()
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
    stack = await startStack({
      dataDir: directory.path,
      apart: 'all',
      env: {
        AIRS_PROVIDER: 'openai',
        AIRS_OPENAI_BASE_URL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`,
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=test',
        OTEL_BSP_SCHEDULE_DELAY: '100',
        OTEL_METRIC_EXPORT_INTERVAL: '500',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      },
    })
    control = controlOf(stack)
  })
  after(async () => {
    provider.close()
    provider.closeAllConnections()
    await stack?.stop()
    sink?.close()
    directory?.remove()
  })

  const post = (body: object, headers: Record<string, string> = {}) =>
    fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer sk-${canary}-credential`,
        ...headers,
      },
      body: JSON.stringify(body),
    })
  const ask = async (content: string, traceparent: string | undefined, more: object = {}) => {
    const messages = [{ role: 'user', content: `${content} ${canary}` }]
    const response = await post(
      { model: 'gpt-4o-mini', messages, ...more },
      { 'x-session-id': 'session-of-the-trace', ...(traceparent && { traceparent }) },
    )
    await response.text()
    return response.headers.get('x-airs-exchange-id')!
  }
  const inTrace = (id: string) => sink.spans.filter((span) => span.traceId === id)
  const find = (id: string, what: string, wanted: (span: ReceivedSpan) => boolean) =>
    until(what, async () => inTrace(id).find(wanted))

  test('one trace goes from the client through every service to the export', async () => {
    const exchange = await ask('hello', `00-${traceId}-${clientSpan}-01`)
    await control.events(exchange, 2)
    await control.exportEvents()
    const named = (name: string, service: string) =>
      find(traceId, `${name} of ${service}`, (span) => span.name === name && span.service === service)

    const root = await named('POST /v1/chat/completions', 'airs-ingress')
    assert.equal(root.parentId, clientSpan)
    assert.equal(root.kind, kinds.server)
    assert.equal(root.attributes['airs.exchange.id'], exchange)
    assert.equal(root.attributes['gen_ai.conversation.id'], 'session-of-the-trace')
    assert.equal(root.attributes['airs.outcome'], 'completed')
    assert.equal(root.attributes['http.response.status_code'], 200)

    const steps = ['decide request', 'chat gpt-4o-mini', 'decide response']
    for (const name of steps) {
      const step = await named(name, 'airs-ingress')
      assert.equal(step.parentId, root.spanId, name)
      assert.ok(step.start >= root.start && step.end <= root.end, `${name} is within its exchange`)
    }
    const appends = inTrace(traceId).filter(({ name }) => name === 'append to journal')
    assert.deepEqual(appends.map(({ attributes }) => attributes['airs.event.type']).sort(), [
      'airs.request-received.v1',
      'airs.response-completed.v1',
    ])
    const sent = await named('send TRAFFIC', 'airs-ingress')
    assert.equal(sent.kind, kinds.producer)
    for (const [name, service] of [
      ['process audit-traffic', 'airs-audit'],
      ['process lineage', 'airs-lineage'],
      ['process policy-traffic', 'airs-policy'],
    ] as const) {
      const processed = await named(name, service)
      assert.equal(processed.kind, kinds.consumer)
      assert.equal(processed.attributes['airs.exchange.id'], exchange)
    }
    const exported = await named('exported', 'airs-export-worker')
    const run = await until('the export that it is linked to', async () =>
      sink.spans.find(({ spanId }) => spanId === exported.links[0]?.spanId),
    )
    assert.equal(run.name, 'export')
    const asking = await find(
      run.traceId,
      'the request for the export',
      ({ name }) => name === 'POST /v1/exports',
    )
    assert.equal(asking.service, 'airs-export')
  })

  test('the call of the provider is described by the conventions for generative AI', async () => {
    const call = await find(traceId, 'the call', ({ name }) => name === 'chat gpt-4o-mini')
    assert.equal(call.kind, kinds.client)
    const { attributes } = call
    assert.equal(attributes['gen_ai.provider.name'], 'openai')
    assert.equal(attributes['gen_ai.operation.name'], 'chat')
    assert.equal(attributes['gen_ai.conversation.id'], 'session-of-the-trace')
    assert.equal(attributes['gen_ai.request.model'], 'gpt-4o-mini')
    assert.equal(attributes['gen_ai.response.model'], 'gpt-4o-mini')
    assert.deepEqual(attributes['gen_ai.response.finish_reasons'], ['stop'])
    assert.ok(Number(attributes['gen_ai.usage.input_tokens']) > 0)
    assert.ok(Number(attributes['gen_ai.usage.output_tokens']) > 0)
    assert.equal(attributes['server.address'], '127.0.0.1')
    assert.equal(
      asked.find(({ traceparent }) => traceparent)!.traceparent,
      `00-${traceId}-${call.spanId}-01`,
      'the provider continues the trace',
    )
  })

  test('a stream, a failure and a refusal are recorded as what they are', async () => {
    const ids = ['1', '2', '3'].map((digit) => digit.repeat(32))
    const from = (id: string) => `00-${id}-${clientSpan}-01`
    await ask('mock:chunks=5 text="hi"', from(ids[0]!), { stream: true })
    await ask('mock:status=500', from(ids[1]!))
    await post({ messages: [] }, { traceparent: from(ids[2]!) })
    const stream = await find(ids[0]!, 'the stream', ({ name }) => name === 'chat gpt-4o-mini')
    assert.equal(stream.attributes['gen_ai.request.stream'], true)
    assert.ok(Number(stream.attributes['gen_ai.response.time_to_first_chunk']) > 0)
    const failed = await find(ids[1]!, 'the failure', ({ name }) => name === 'chat gpt-4o-mini')
    assert.equal(failed.attributes['error.type'], '500')
    assert.ok(failed.isError)
    const refused = await find(ids[2]!, 'the refusal', ({ kind }) => kind === kinds.server)
    assert.equal(refused.attributes['airs.outcome'], 'refused')
    assert.equal(refused.attributes['http.response.status_code'], 400)
  })

  test('without a trace of the client there is a new one, and what the client does not record is not recorded here', async () => {
    const exchange = await ask('no trace', undefined)
    const root = await until('a trace of our own', async () =>
      sink.spans.find(({ attributes }) => attributes['airs.exchange.id'] === exchange),
    )
    const [request] = await control.events(exchange, 2)
    assert.match(
      (request as unknown as { traceparent: string }).traceparent,
      new RegExp(`^00-${root.traceId}-.*-01$`),
    )
    const unsampled = '9'.repeat(32)
    const quiet = await ask('unsampled', `00-${unsampled}-${clientSpan}-00`)
    await control.events(quiet, 2)
    const marker = '8'.repeat(32)
    await ask('later', `00-${marker}-${clientSpan}-01`)
    await find(marker, 'a later trace', ({ service }) => service === 'airs-audit')
    assert.deepEqual(inTrace(unsampled), [])
  })

  test('metrics are sent as well, over http/protobuf', async () => {
    await until('metrics of the ingress', async () => sink.metrics.get('airs-ingress'))
    const names = sink.metrics.get('airs-ingress')!
    for (const name of [
      'airs.exchange.duration',
      'gen_ai.client.inference.duration',
      'gen_ai.client.inference.usage.input_tokens',
      'gen_ai.client.inference.operation.output_tokens',
    ])
      await until(
        name,
        async () => names.has(name) || sink.metrics.get('airs-ingress')!.has(name) || undefined,
      )
    await until(
      'metrics of a control API',
      async () => sink.metrics.get('airs-audit')?.has('http.server.request.duration') || undefined,
    )
    assert.ok(sink.requests.every(({ type }) => type === 'application/x-protobuf'))
  })

  test('alerts and dashboard ask for metrics that there are', async () => {
    const folder = join(repositoryRoot, 'infra/docker/monitoring')
    const text = ['alerts.yml', 'grafana/dashboards/airs-cp.json']
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n')
    const asked = new Set(text.match(/\b(?:airs|gen_ai|http)_\w+(?=[\s{[>)"/]|$)/gm))
    const asks = (body: object) =>
      fetch(`${stack.urls.ingress}/v1/embeddings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer sk-${canary}-credential` },
        body: JSON.stringify(body),
      })
    await (await asks({ model: 'text-embedding-3-small', input: 'hi' })).text()
    const labels = ['gen_ai_provider_name', 'gen_ai_token_type', 'http_response_status_code']
    let missing: string[] = []
    // Some are there only once what they count was looked at, which is done every so many seconds.
    await until('all of them', async () => {
      const scraped = await Promise.all(
        Object.values(stack.urls).map(async (url) => (await fetch(`${url}/metrics`)).text()),
      )
      const there = new Set(scraped.join('\n').match(/^\w+/gm))
      missing = [...asked].filter((name) => !there.has(name) && !labels.includes(name))
      return missing.length === 0 || undefined
    }).catch((error) => {
      assert.deepEqual(missing, [])
      throw error
    })
    assert.ok(asked.size > 20)
  })

  test('no content and no credential is in it', () => {
    assert.ok(sink.bytes.length > 10)
    for (const bytes of sink.bytes) assert.ok(!bytes.includes(canary), 'content or a credential was sent')
  })
})
