import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicySet, createStreamGuard, evaluate } from '@airs-cp/policy-engine'
import { createSseParser, formats } from '@airs-cp/providers'
import fc from 'fast-check'
import OpenAI from 'openai'
import { createFrameGuard } from './guard-frames.ts'

const address = 'zoe.planted@example.net'
const set = compilePolicySet({
  version: 1,
  mode: 'enforce',
  policies: [
    {
      name: 'pii',
      version: 1,
      document: 'name: pii\nmode: enforce\ndetectors: [{ detector: pii }]\naction: redact\n',
    },
  ],
})
const subject = { tenant: 'default', providers: ['mock'], tags: [] }

/** What a client makes of a stream: the strings that it joins, by place, and how it ended. */
type Result = {
  strings: Map<string, string>
  calls: Map<string, string>
  finished: Map<string, string>
  usage: unknown
  /** Places of strings that went on when their choice had said its end. */
  goingOn: Set<string>
}

type Chunk = {
  choices?: {
    index?: number
    finish_reason?: string | null
    delta?: {
      content?: string | null
      refusal?: string | null
      reasoning_content?: string | null
      tool_calls?: { index?: number; id?: string; function?: { name?: string; arguments?: string } }[] | null
    }
  }[]
  usage?: unknown
}

async function readAsClient(stream: Buffer): Promise<Result | undefined> {
  const client = new OpenAI({
    apiKey: 'none',
    baseURL: 'http://localhost',
    maxRetries: 0,
    logLevel: 'off',
    fetch: async () =>
      new Response(new Uint8Array(stream), { headers: { 'content-type': 'text/event-stream' } }),
  })
  const result: Result = {
    ...{ strings: new Map(), calls: new Map(), finished: new Map() },
    ...{ usage: undefined, goingOn: new Set() },
  }
  /** Choices that have said their end. */
  const ended = new Set<number | undefined>()
  const join = (place: string, text: string | null | undefined) => {
    if (text) result.strings.set(place, (result.strings.get(place) ?? '') + text)
  }
  try {
    const chunks = await client.chat.completions.create({ model: 'm', messages: [], stream: true })
    for await (const chunk of chunks as AsyncIterable<Chunk>) {
      result.usage = chunk.usage ?? result.usage
      for (const { index, delta, finish_reason } of chunk.choices ?? []) {
        const before = new Map(result.strings)
        if (finish_reason) result.finished.set(`${index}`, finish_reason)
        join(`${index} content`, delta?.content)
        join(`${index} refusal`, delta?.refusal)
        join(`${index} reasoning`, delta?.reasoning_content)
        for (const call of delta?.tool_calls ?? []) {
          const place = `${index} call ${call.index}`
          if (call.id) result.calls.set(place, `${call.id} ${call.function?.name}`)
          join(place, call.function?.arguments)
        }
        if (ended.has(index))
          for (const [place, text] of result.strings)
            if (before.has(place) && before.get(place) !== text) result.goingOn.add(place)
        if (finish_reason) ended.add(index)
      }
    }
  } catch {
    return undefined
  }
  return result
}

function throughUs(stream: Buffer, cuts: number[]): { released: Buffer; isBlocked: boolean } {
  const guard = createStreamGuard(set, subject, 'key')!
  const frames = createFrameGuard(formats['openai.chat'], guard)
  const parser = createSseParser()
  const released: Uint8Array[] = []
  for (let at = 0, index = 0; at < stream.length; index++) {
    const end = at + cuts[index % cuts.length]!
    for (const { raw } of frames.push(...parser.push(stream.subarray(at, end)))) released.push(raw)
    at = end
  }
  const last = parser.end()
  if (last) for (const { raw } of frames.push(last)) released.push(raw)
  for (const { raw } of frames.end()) released.push(raw)
  return { released: Buffer.concat(released), isBlocked: frames.blockedMessage() !== undefined }
}

function isBrokenJson(text: string): boolean {
  try {
    JSON.parse(text)
    return false
  } catch {
    return /^\s*[{[]/.test(text)
  }
}

const words = fc.constantFrom(
  'Hello',
  ' the',
  ' card',
  '.',
  '\n',
  ' 42',
  address,
  'zoe.',
  '@',
  '{',
  '"b"}',
  'é',
  '😀',
)
const said = fc.array(words, { maxLength: 6 }).map((parts) => parts.join(''))
const oddly = <T>(usual: fc.Arbitrary<T>, ...odd: T[]) =>
  fc.oneof({ weight: 4, arbitrary: usual }, ...odd.map((one) => ({ weight: 1, arbitrary: fc.constant(one) })))

const choice = fc.record(
  {
    index: oddly(fc.nat({ max: 1 }), 0),
    finish_reason: fc.constantFrom(null, '', 'stop', 'length', 'tool_calls'),
    logprobs: fc.constantFrom(null, {}, { content: null }),
    delta: fc.record(
      {
        role: fc.constantFrom('assistant', ''),
        content: oddly<string | null>(said, null, ''),
        refusal: oddly<string | null>(said, null),
        reasoning_content: oddly<string | null>(said, null, ''),
        tool_calls: oddly<unknown>(
          fc.array(
            fc.record(
              {
                index: fc.nat({ max: 1 }),
                id: fc.constantFrom('', 'call_1', 'call_2'),
                type: fc.constantFrom('function', ''),
                function: fc.record(
                  { name: fc.constantFrom('', 'look_up'), arguments: said },
                  { requiredKeys: ['arguments'] },
                ),
              },
              { requiredKeys: ['index', 'function'] },
            ),
            { maxLength: 2 },
          ),
          null,
        ),
        audio: fc.constant(null),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['index', 'delta'] },
)
const chunk = fc.record(
  {
    id: fc.constantFrom('chatcmpl-1', '', 'other'),
    object: fc.constantFrom('chat.completion.chunk', '', 'chat.completion'),
    created: fc.constantFrom(0, 1_700_000_000, 1.5),
    model: fc.constantFrom('m', ''),
    service_tier: fc.constantFrom(null, 'default'),
    system_fingerprint: fc.constantFrom(null, 'fp'),
    usage: fc.constantFrom(null, { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }),
    choices: fc.array(choice, { maxLength: 2 }),
    x_extra: fc.constantFrom({ cost: 0.1 }, [1, 2], 'text'),
  },
  { requiredKeys: ['choices'] },
)

/** The ways in which servers write a frame down. */
const written = fc
  .record({
    data: chunk,
    newline: fc.constantFrom('\n', '\n', '\n', '\r\n', '\r'),
    space: fc.constantFrom(' ', ' ', ''),
    isPretty: oddly(fc.constant(false), true),
    before: oddly(
      fc.constant(''),
      ': keep-alive',
      'id: 7',
      'retry: 1000',
      'event: message',
      ': ping with words',
    ),
    blanks: oddly(fc.constant(0), 1, 2),
  })
  .map(({ data, newline, space, isPretty, before, blanks }) => {
    const lines = JSON.stringify(data, null, isPretty ? 1 : undefined).split('\n')
    return (
      (before === '' ? '' : `${before}${newline}`) +
      lines.map((line) => `data:${space}${line}${newline}`).join('') +
      newline.repeat(1 + blanks)
    )
  })
const ending = fc.constantFrom(
  'data: [DONE]\n\n',
  'data:[DONE]\n\n',
  'data: [DONE]\r\n\r\n',
  'data: [DONE]',
  'data: [DONE]\n',
  '',
  ': the end\n\n',
)
const streams = fc
  .record({
    frames: fc.array(written, { minLength: 1, maxLength: 8 }),
    ending,
    hasMark: oddly(fc.constant(false), true),
  })
  .map(({ frames, ending, hasMark }) => Buffer.from((hasMark ? '\uFEFF' : '') + frames.join('') + ending))
const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 })

test('what the official client makes of a stream is the same through us, or what the policies make of it', async () => {
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(streams, cuts, async (stream, sizes) => {
      const direct = await readAsClient(stream)
      if (!direct) return
      accepted++
      const { released, isBlocked } = throughUs(stream, sizes)
      const unnumbered = (text: string) => text.replace(/\[([A-Z_]+)_\d+\]/g, '[$1]')
      const judged = (text: string) =>
        unnumbered(evaluate(set, 'response', subject, [{ path: '/c', text }], 'key').edits[0]?.text ?? text)
      const strings = new Map([...direct.strings].map(([place, text]) => [place, judged(text)]))
      // A value that goes on in a choice which has already ended cannot be taken out any more.
      if (isBlocked) {
        assert.ok([...strings].some(([place, text]) => text !== direct.strings.get(place)))
        return
      }
      const guarded = await readAsClient(released)
      assert.ok(guarded, 'the client does not accept it through us')
      const received = new Map([...guarded.strings].map(([place, text]) => [place, unnumbered(text)]))
      // Where broken JSON goes on after its choice's end, what came before is with the client, and so are a bracket or a word that would
      // have had to be read together with the rest.
      for (const [place, text] of direct.strings)
        if (direct.goingOn.has(place) && isBrokenJson(text)) {
          assert.equal(received.get(place)?.includes(address), strings.get(place)?.includes(address))
          received.delete(place)
          strings.delete(place)
        }
      assert.deepEqual(received, strings)
      assert.deepEqual({ ...guarded, strings: 0, goingOn: 0 }, { ...direct, strings: 0, goingOn: 0 })
    }),
    { numRuns: 60 },
  )
  assert.ok(accepted > 0)
})
