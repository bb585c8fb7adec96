import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compilePolicySet, createStreamGuard, evaluate } from '@airs-cp/policy-engine'
import { createSseParser, type FormatId, formats } from '@airs-cp/providers'
import Anthropic from '@anthropic-ai/sdk'
import fc from 'fast-check'
import OpenAI from 'openai'
import { createFrameGuard } from '../../services/ingress/decision/guard-frames.ts'

const planted = ['zoe.planted@example.net', 'AKIAZQ3DRSTUVWXY2345']
const set = compilePolicySet({
  version: 1,
  mode: 'enforce',
  policies: ['pii', 'secrets'].map((name) => ({
    name,
    version: 1,
    document: `name: ${name}\nmode: enforce\ndetectors: [{ detector: ${name} }]\naction: redact\n`,
  })),
})
const subject = { tenant: 'default', providers: ['mock'], tags: [] }

function throughUs(
  format: FormatId,
  stream: Buffer,
  cuts: number[],
): { released: Buffer; isBlocked: boolean } {
  const frames = createFrameGuard(formats[format], createStreamGuard(set, subject, 'key')!)
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

const unnumbered = (text: string) => text.replace(/\[([A-Z_]+)_\d+\]/g, '[$1]')

/** What policies make of a result, at every string of it. */
function judged(value: unknown): unknown {
  if (typeof value === 'string')
    return unnumbered(
      evaluate(set, 'response', subject, [{ path: '/c', text: value }], 'key').edits[0]?.text ?? value,
    )
  if (Array.isArray(value)) return value.map(judged)
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, judged(one)]))
  return value
}

const fetchOf = (stream: Buffer) => async () =>
  new Response(new Uint8Array(stream), { headers: { 'content-type': 'text/event-stream' } })

/** What the accumulators of the official clients make of a stream; undefined where they do not accept it. */
const readers: Record<'anthropic.messages' | 'openai.responses', (stream: Buffer) => Promise<unknown>> = {
  async 'anthropic.messages'(stream) {
    const client = new Anthropic({ apiKey: 'none', maxRetries: 0, logLevel: 'off', fetch: fetchOf(stream) })
    const message = await client.messages
      .stream({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] })
      .finalMessage()
    return JSON.parse(JSON.stringify(message))
  },
  async 'openai.responses'(stream) {
    const client = new OpenAI({ apiKey: 'none', maxRetries: 0, logLevel: 'off', fetch: fetchOf(stream) })
    const told: Record<string, string> = {}
    const run = client.responses.stream({ model: 'm', input: 'x' })
    run.on('event', (event) => {
      if ('delta' in event && typeof event.delta === 'string') {
        const place = `${event.type} ${'output_index' in event ? event.output_index : ''}`
        told[place] = (told[place] ?? '') + event.delta
      }
    })
    // The client joins the texts of all items, over whose borders nothing is judged.
    const { output_text: _, ...response } = JSON.parse(JSON.stringify(await run.finalResponse()))
    return { told, response }
  },
}

async function accepted(read: (stream: Buffer) => Promise<unknown>, stream: Buffer): Promise<unknown> {
  try {
    return await read(stream)
  } catch {
    return undefined
  }
}

const words = fc.constantFrom(
  'Hello',
  ' the',
  '.',
  '\n',
  ' 42',
  'é',
  '😀',
  'zoe.',
  'AKIA',
  '@',
  ' ',
  ...planted,
)
const pieces = fc.array(
  fc.array(words, { maxLength: 3 }).map((parts) => parts.join('')),
  { maxLength: 5 },
)
/** A value that is cut over pieces, too. */
const said = fc.oneof(
  pieces,
  fc
    .record({ value: fc.constantFrom(...planted), at: fc.integer({ min: 1, max: 15 }), before: words })
    .map(({ value, at, before }) => [before, value.slice(0, at), value.slice(at), ' and on']),
)
const sometimes = fc.integer({ min: 0, max: 5 }).map((number) => number === 0)
const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 })
const odd = fc.record({
  newline: fc.constantFrom('\n', '\n', '\r\n'),
  space: fc.constantFrom(' ', ' ', ''),
  comment: fc.constantFrom('', '', ': ping\n\n', 'retry: 10\n', 'id: 3\n'),
  extra: fc.constantFrom({}, {}, { x_provider: { cost: 0.1 } }, { created: 1.5 }),
  hasPings: sometimes,
  hasUnknown: sometimes,
  hasNoLastUsage: sometimes,
  isNumberedOddly: sometimes,
})
type Odd = typeof odd extends fc.Arbitrary<infer T> ? T : never
type Written = { type: string } & Record<string, unknown>

function write(events: Written[], { newline, space, comment, extra, hasPings, hasUnknown }: Odd): string {
  const frame = (event: Written) =>
    `${comment}event: ${event.type}\ndata:${space}${JSON.stringify({ ...event, ...extra })}\n\n`.replaceAll(
      '\n',
      newline,
    )
  return events
    .map(
      (event, index) =>
        frame(event) +
        (hasPings && index > 0 ? frame({ type: 'ping' }) : '') +
        (hasUnknown && index === 1 ? frame({ type: 'vendor.progress', text: 'half way' }) : ''),
    )
    .join('')
}

const anthropicStream = fc
  .record({
    odd,
    blocks: fc.array(
      fc.record({
        kind: fc.constantFrom('text', 'tool'),
        begins: fc.constantFrom('', '', 'Well, '),
        pieces: said,
        hasStop: fc.integer({ min: 0, max: 7 }).map((number) => number > 0),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    stop: fc.constantFrom('end_turn', 'tool_use', 'max_tokens', null),
    hasDelta: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
  })
  .map(({ odd, blocks, stop, hasDelta }) => {
    const message = {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null },
      usage: { input_tokens: 3, output_tokens: 1 },
    }
    return write(
      [
        { type: 'message_start', message },
        ...blocks.flatMap(({ kind, begins, pieces, hasStop }, index) => [
          {
            type: 'content_block_start',
            index,
            content_block:
              kind === 'text'
                ? { type: 'text', text: begins }
                : { type: 'tool_use', id: `toolu_${index}`, name: 'note', input: {} },
          },
          ...(kind === 'text'
            ? pieces.map((text) => ({ type: 'text_delta', text }))
            : jsonPieces(pieces).map((partial_json) => ({ type: 'input_json_delta', partial_json }))
          ).map((delta) => ({ type: 'content_block_delta', index, delta })),
          ...(hasStop ? [{ type: 'content_block_stop', index }] : []),
        ]),
        ...(hasDelta
          ? [
              {
                type: 'message_delta',
                delta: { stop_reason: stop, stop_sequence: null },
                ...(odd.hasNoLastUsage ? {} : { usage: { output_tokens: 9 } }),
              },
            ]
          : []),
        { type: 'message_stop' },
      ],
      odd,
    )
  })

/** The same words as the argument of a call, cut anywhere. */
function jsonPieces(pieces: string[]): string[] {
  const whole = JSON.stringify({ note: pieces.join(''), count: 3 })
  const size = Math.max(1, Math.ceil(whole.length / (pieces.length + 1)))
  return whole.match(new RegExp(`.{1,${size}}`, 'gsu')) ?? []
}

const responsesStream = fc
  .record({
    odd,
    items: fc.array(
      fc.record({
        kind: fc.constantFrom('text', 'call'),
        pieces: said,
        hasDone: sometimes.map((one) => !one),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    ending: fc.constantFrom('completed', 'completed', 'incomplete'),
  })
  .map(({ odd, items, ending }) => {
    const base = { id: 'resp_1', object: 'response', created_at: 1, model: 'm', tools: [], metadata: {} }
    const finished = items.map(({ kind, pieces }, index) =>
      kind === 'text'
        ? {
            ...{ id: `msg_${index}`, type: 'message', role: 'assistant', status: 'completed' },
            content: [{ type: 'output_text', text: pieces.join(''), annotations: [] }],
          }
        : {
            ...{ id: `fc_${index}`, type: 'function_call', status: 'completed', call_id: `call_${index}` },
            ...{ name: 'note', arguments: jsonPieces(pieces).join('') },
          },
    )
    const events: Written[] = [
      { type: 'response.created', response: { ...base, status: 'in_progress', output: [] } },
      ...items.flatMap(({ kind, pieces, hasDone }, output_index): Written[] => {
        const item = finished[output_index]!
        const place = { item_id: item.id, output_index }
        if (kind === 'call')
          return [
            {
              type: 'response.output_item.added',
              output_index,
              item: { ...item, status: 'in_progress', arguments: '' },
            },
            ...jsonPieces(pieces).map((delta) => ({
              type: 'response.function_call_arguments.delta',
              ...place,
              delta,
            })),
            ...(hasDone
              ? [
                  {
                    type: 'response.function_call_arguments.done',
                    ...place,
                    arguments: jsonPieces(pieces).join(''),
                  },
                ]
              : []),
            { type: 'response.output_item.done', output_index, item },
          ]
        const text = pieces.join('')
        const part = { type: 'output_text', text: '', annotations: [] }
        return [
          {
            type: 'response.output_item.added',
            output_index,
            item: { ...item, status: 'in_progress', content: [] },
          },
          { type: 'response.content_part.added', ...place, content_index: 0, part },
          ...pieces.map((delta) => ({
            type: 'response.output_text.delta',
            ...place,
            content_index: 0,
            delta,
          })),
          ...(hasDone
            ? [
                { type: 'response.output_text.done', ...place, content_index: 0, text },
                {
                  type: 'response.content_part.done',
                  ...place,
                  content_index: 0,
                  part: { ...part, text },
                },
              ]
            : []),
          { type: 'response.output_item.done', output_index, item },
        ]
      }),
      { type: `response.${ending}`, response: { ...base, status: ending, output: finished } },
    ]
    return write(
      events.map((event, index) => ({ ...event, sequence_number: odd.isNumberedOddly ? 2 * index : index })),
      odd,
    )
  })

describe('odd streams that an official client accepts', () => {
  for (const [format, streams] of [
    ['anthropic.messages', anthropicStream],
    ['openai.responses', responsesStream],
  ] as const)
    test(`are the same through us, or what the policies make of them: ${format}`, async () => {
      const read = readers[format]
      let count = 0
      await fc.assert(
        fc.asyncProperty(streams, cuts, async (text, sizes) => {
          const stream = Buffer.from(text)
          const direct = await accepted(read, stream)
          if (direct === undefined) return
          count++
          const { released, isBlocked } = throughUs(format, stream, sizes)
          if (isBlocked) {
            assert.notDeepEqual(judged(direct), direct, 'it is blocked without a reason')
            return
          }
          const guarded = await read(released)
          assert.deepEqual(judged(guarded), judged(direct))
        }),
        { numRuns: Number(process.env.FC_RUNS || 150) },
      )
      assert.ok(count > 50, `only ${count} were accepted`)
    })
})
