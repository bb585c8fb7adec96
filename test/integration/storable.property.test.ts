import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type AnyEvent, eventTypes, maxEventBytes, parseEvent, trafficSubject } from '@airs-cp/events'
import { EpochReader, type JournalRecord } from '@airs-cp/journal'
import type { Running } from '@airs-cp/runtime'
import fc from 'fast-check'
import { startLoneIngress } from '../support/lone-ingress.ts'
import { startNats, type TestNats } from '../support/start-nats.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const policies = [
  {
    name: 'see-pii',
    document: 'name: see-pii\nmode: observe\ndetectors: [{ detector: pii }]\naction: redact\n',
  },
  {
    name: 'mask-answers',
    document:
      'name: mask-answers\nmode: enforce\ndirection: [response]\nscope: { tags: [mask] }\ndetectors: [{ detector: pii }]\naction: redact\n',
  },
]

/** Counts as providers may report them, written as JSON. */
const hostileCounts = [
  '1',
  '-3',
  '1.5',
  '1e300',
  '18446744073709551615',
  '9007199254740991',
  '"7"',
  'null',
  '1e999',
]

const nothing = { reply: '', isStream: false }

/** Through a real ingress; NATS has no streams, so that everything stays in the journal. */
describe('what an ingress acknowledges', () => {
  const directory = makeTemporaryDirectory()
  const journalDirectory = join(directory.path, 'ingress', 'journal')
  let nats: TestNats
  let ingress: Running
  let url: string
  let { reply, isStream } = nothing
  const upstream = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' })
      response.end(reply)
    })
  })

  before(async () => {
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    nats = await startNats()
    const lone = await startLoneIngress({
      dataDir: directory.path,
      natsUrl: nats.url,
      upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`,
      policies,
      env: { AIRS_DRAIN_TIMEOUT_MS: '100' },
    })
    ingress = lone.ingress
    url = lone.url
  })
  after(async () => {
    await ingress?.close()
    await nats?.stop()
    upstream.close()
    directory.remove()
  })

  const recorded: AnyEvent[] = []
  const read = new Map<string, number>()

  /** Everything that is on disk now, checked: this is what audit, lineage and policy will get. */
  function readRecorded(): AnyEvent[] {
    for (const journal of readdirSync(journalDirectory)) {
      if (!/^[0-9a-f-]{36}$/.test(journal)) continue
      using reader = new EpochReader(journalDirectory, journal, () => {})
      reader.seek((read.get(journal) ?? 0) + 1)
      const limit = { sequence: Number.MAX_SAFE_INTEGER }
      for (let records = reader.read(limit, 1); records.length > 0; records = reader.read(limit, 1)) {
        recorded.push(...records.map(check))
        read.set(journal, records.at(-1)!.sequence)
      }
    }
    return recorded
  }

  function check({ subject, event }: JournalRecord): AnyEvent {
    assert.ok(event.length <= maxEventBytes, `an event has ${event.length} bytes`)
    const parsed = parseEvent(event.toString('utf8'))
    assert.equal(subject, trafficSubject(parsed.tenant, parsed.session ?? parsed.source, parsed.type))
    return parsed
  }

  async function exchange(body: object, headers: Record<string, string> = {}, path = '/v1/chat/completions') {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-test', ...headers },
      body: JSON.stringify(body),
    })
    await response.text()
    const id = response.headers.get('x-airs-exchange-id')
    const events = readRecorded().filter((event) => event.exchange === id)
    return { status: response.status, events, data: dataByType(events) }
  }

  const addresses = (count: number) =>
    Array.from({ length: count }, (_, i) => `user${i}@example.com`).join('\n')
  const chat = (content: string, model = 'gpt-4o') => ({ model, messages: [{ role: 'user', content }] })
  const completion = (content: string, { model = '"gpt-4o"', usage = '{}', finish = '"stop"' } = {}) =>
    `{"id":"c","object":"chat.completion","created":1,"model":${model},"choices":[{"index":0,"message":` +
    `{"role":"assistant","content":${JSON.stringify(content)}},"finish_reason":${finish}}],"usage":${usage}}`

  test('is small enough to be stored, with thousands of findings, every one of which is recorded', async () => {
    reply = completion('hi')
    const { status, events, data } = await exchange(chat(addresses(7_000)))
    assert.equal(status, 200)
    const { decision, cut, whole } = data[eventTypes.requestReceived]
    assert.ok(decision.findings.length >= 100)
    for (const index of decision.verdicts[0].findings) assert.ok(decision.findings[index])
    const findings = cut.find(({ path }: { path: string }) => path === 'decision.findings')
    assert.deepEqual(
      { total: findings.total, kept: findings.kept },
      { total: 7_000, kept: decision.findings.length },
    )
    const pieces = new Map(
      readRecorded().flatMap((event) =>
        event.type === eventTypes.contentRecorded ? [[event.data.sha256, event.data.text]] : [],
      ),
    )
    const text = whole.parts
      .map((part: string | { sha256: string }) => (typeof part === 'string' ? part : pieces.get(part.sha256)))
      .join('')
    assert.equal(JSON.parse(text).decision.findings.length, 7_000)
    assert.ok(events.some(({ type }) => type === eventTypes.responseCompleted))
  })

  test('names a model of more than a megabyte by its beginning, length and digest', async () => {
    reply = completion('hi')
    const { status, data } = await exchange(chat('hi', 'm'.repeat(1_500_000)))
    assert.equal(status, 200)
    assert.match(
      data[eventTypes.requestReceived].request.model,
      /^m{900}… \(1500000 characters, SHA-256 [0-9a-f]{64}\)$/,
    )
    assert.ok(data[eventTypes.responseCompleted])
  })

  test('counts tokens itself where the provider reports what cannot be, and says so', async () => {
    reply = completion('one two three', {
      usage: '{"prompt_tokens":18446744073709551615,"completion_tokens":3}',
    })
    const { data } = await exchange(chat('hi'))
    const { usage, cost } = data[eventTypes.responseCompleted]
    assert.deepEqual(usage.refused, ['inputTokens'])
    assert.equal(usage.estimated, true)
    assert.ok(usage.inputTokens < 100 && cost.usdMicros < 1_000)
  })

  test('parses at every consumer and fits, whatever is asked and answered', async () => {
    const size = fc.oneof({ weight: 4, arbitrary: fc.nat(200) }, fc.constantFrom(3_000, 60_000, 1_200_000))
    const word = fc.constantFrom('x', 'é', '漢', '\u0001', '"', '\\', '\ud800', '\u0000', 'a@b.example.com ')
    const text = fc.record({ unit: word, count: size })
    const written = ({ unit, count }: { unit: string; count: number }) =>
      unit.repeat(Math.ceil(count / unit.length))
    const count = fc.constantFrom(...hostileCounts)
    const asked = fc.record({
      model: text,
      content: text,
      emails: fc.constantFrom(0, 3, 4_000),
      unknown: text,
      tags: fc.constantFrom('', 'mask', 'a,b'),
      stream: fc.boolean(),
    })
    const responded = fc.record({
      model: text,
      content: text,
      emails: fc.constantFrom(0, 3, 4_000),
      finish: text,
      prompt: count,
      completion: count,
      cached: count,
    })
    await fc.assert(
      fc.asyncProperty(asked, responded, async (asks, replies) => {
        const content = written(replies.content) + addresses(replies.emails)
        const usage =
          `{"prompt_tokens":${replies.prompt},"completion_tokens":${replies.completion},` +
          `"prompt_tokens_details":{"cached_tokens":${replies.cached}}}`
        isStream = asks.stream
        reply = completion(content, {
          model: JSON.stringify(written(replies.model)),
          finish: JSON.stringify(written(replies.finish)),
          usage,
        })
        if (isStream)
          reply = `data: ${reply.replace('"message":', '"delta":').replace('chat.completion', 'chat.completion.chunk')}\n\ndata: [DONE]\n\n`
        const { status, events } = await exchange(
          {
            ...chat(written(asks.content) + addresses(asks.emails), written(asks.model)),
            stream: asks.stream,
            [written(asks.unknown)]: 1,
          },
          { 'x-airs-tags': asks.tags },
        )
        assert.ok(events.length > 0)
        if (status === 200) assert.equal(events.filter(({ type }) => /response-/.test(type)).length, 1)
      }),
      { numRuns: 25, endOnFailure: true },
    )
  })
})

// biome-ignore lint/suspicious/noExplicitAny: every test looks at data of one type
function dataByType(events: AnyEvent[]): Record<string, any> {
  return Object.fromEntries(events.map((event) => [event.type, event.data]))
}
