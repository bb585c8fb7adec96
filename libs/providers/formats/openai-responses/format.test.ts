import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../json.ts'
import { readRequestTexts } from '../../read-body.ts'
import { readFrame, sseText } from '../../sse.ts'
import type { WireFormat } from '../../wire-format.ts'
import { openaiResponses } from './format.ts'

const frame = (event: JsonObject) => readFrame(Buffer.from(sseText(event, String(event.type))))

test('policy sees every string that reaches the model', () => {
  const said = readKnown(openaiResponses, {
    model: 'gpt-5.4',
    instructions: 'Be brief',
    input: [
      { role: 'user', content: 'Hi' },
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'Look' },
          { type: 'input_image', image_url: 'https://x.test/a.png' },
        ],
      },
      { type: 'function_call', id: 'fc_1', call_id: 'k', name: 'f', arguments: '{"a":"b"}' },
      { type: 'function_call_output', call_id: 'k', output: 'Found' },
      {
        type: 'reasoning',
        id: 'rs_1',
        encrypted_content: 'opaque',
        summary: [{ type: 'summary_text', text: 'Hm' }],
      },
      { type: 'a_kind_to_come', words: ['new'] },
    ],
    tools: [{ type: 'function', name: 'f', description: 'Does', parameters: {} }],
    prompt: { id: 'p', variables: { name: 'Ann' } },
  })
  assert.deepEqual(
    said.map(({ path, text, role, kind, tool }) => [path, text, role, kind, tool]).toSorted(),
    [
      ['/instructions', 'Be brief', 'system', 'text', undefined],
      ['/input/0/content', 'Hi', 'user', 'text', undefined],
      ['/input/1/content/0/text', 'Look', 'user', 'text', undefined],
      ['/input/1/content/1/image_url', 'https://x.test/a.png', 'user', 'text', undefined],
      ['/input/2/arguments', '{"a":"b"}', 'assistant', 'tool-arguments', 'f'],
      ['/input/3/output', 'Found', 'tool', 'tool-result', 'f'],
      ['/input/4/summary/0/text', 'Hm', 'assistant', 'text', undefined],
      ['/input/5/words/0', 'new', 'assistant', 'tool-arguments', 'a_kind_to_come'],
      ['/tools/0/description', 'Does', 'system', 'tool-definition', 'f'],
      ['/prompt/variables/name', 'Ann', 'user', 'text', undefined],
    ].toSorted(),
  )
  assert.deepEqual(openaiResponses.requestTexts({ input: 'Hi' })[0], {
    path: '/input',
    text: 'Hi',
    role: 'user',
    kind: 'text',
  })
})

test('a request needs a model and an input, or something stored that has them', () => {
  const read = (body: unknown) => openaiResponses.readRequest(body)
  assert.deepEqual(read({ model: 'm', input: 'x' }), { model: 'm', stream: false, includeUsage: false })
  assert.deepEqual(read({ prompt: { id: 'p' }, stream: true }), {
    model: undefined,
    stream: true,
    includeUsage: false,
  })
  assert.ok(!('problem' in read({ model: 'm', previous_response_id: 'r' })))
  for (const [body, param] of [
    [{ input: 'x' }, 'model'],
    [{ model: 'm' }, 'input'],
    [{ model: 'm', input: 7 }, 'input'],
  ] as const) {
    const facts = read(body)
    assert.ok('problem' in facts)
    assert.equal(facts.problem.param, param)
  }
})

const created = frame({
  type: 'response.created',
  sequence_number: 0,
  response: { id: 'resp_1', model: 'gpt-5.4', status: 'in_progress', output: [] },
})
const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] }
const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
const begun = [
  created,
  frame({ type: 'response.output_item.added', sequence_number: 1, output_index: 0, item: message }),
  frame({
    type: 'response.content_part.added',
    sequence_number: 2,
    ...place,
    part: { type: 'output_text', text: '' },
  }),
  frame({ type: 'response.output_text.delta', sequence_number: 3, ...place, delta: 'Hel' }),
  frame({ type: 'response.output_text.delta', sequence_number: 4, ...place, delta: 'lo' }),
]

test('pieces and their repetitions lead to the same string', () => {
  const whole = { ...message, content: [{ type: 'output_text', text: 'Hello' }] }
  const frames = [
    ...begun,
    frame({ type: 'response.output_text.done', ...place, text: 'Hello' }),
    frame({ type: 'response.content_part.done', ...place, part: { type: 'output_text', text: 'Hello' } }),
    frame({ type: 'response.output_item.done', output_index: 0, item: whole }),
    frame({ type: 'response.function_call_arguments.delta', output_index: 1, item_id: 'fc', delta: '{}' }),
    frame({ type: 'response.reasoning_summary_text.delta', output_index: 2, summary_index: 1, delta: 'Hm' }),
    frame({ type: 'response.completed', response: { output: [whole] } }),
  ]
  assert.deepEqual(
    frames
      .flatMap((it) => openaiResponses.frameTexts(it))
      .map((it) => [it.path, it.channel, it.text, it.whole ?? false]),
    [
      ['/delta', '/output/0/content/0/text', 'Hel', false],
      ['/delta', '/output/0/content/0/text', 'lo', false],
      ['/text', '/output/0/content/0/text', 'Hello', true],
      ['/part/text', '/output/0/content/0/text', 'Hello', true],
      ['/item/content/0/text', '/output/0/content/0/text', 'Hello', true],
      ['/delta', '/output/1/arguments', '{}', false],
      ['/delta', '/output/2/summary/1/text', 'Hm', false],
      ['/response/output/0/content/0/text', '/output/0/content/0/text', 'Hello', true],
    ],
  )
  assert.deepEqual(frames.map((it) => openaiResponses.isTerminator(it)).filter(Boolean).length, 1)
})

test('an unfinished stream folds into what came', () => {
  const assembler = openaiResponses.createAssembler()
  const junk = frame({ type: 'response.output_text.delta', output_index: 0, content_index: 1e9, delta: 'x' })
  for (const it of [...begun, junk]) assembler.push(it)
  assert.deepEqual(assembler.result()?.output, [
    { ...message, content: [{ type: 'output_text', text: 'Hello' }] },
  ])
})

test('a last event that leaves out what came does not make it unsaid', () => {
  const assembler = openaiResponses.createAssembler()
  const last = frame({
    type: 'response.completed',
    response: { id: 'resp_1', status: 'completed', output: [] },
  })
  for (const it of [...begun, last]) assembler.push(it)
  assert.deepEqual(assembler.result(), {
    ...assembler.result(),
    status: 'completed',
    output: [{ ...message, content: [{ type: 'output_text', text: 'Hello' }] }],
  })
})

test('a blocked stream ends as incomplete', () => {
  const follower = openaiResponses.createFollower()
  for (const it of begun) follower.push(it)
  assert.equal(follower.isComplete(), false)
  const ending = follower.blockedEnding({ id: 'x', model: 'y', createdSeconds: 1 }, 'No')
  assert.match(ending, /^event: response.incomplete\ndata: .*"id":"resp_1".*"reason":"content_filter"/)
  const unbegun = openaiResponses
    .createFollower()
    .blockedEnding({ id: 'x', model: 'y', createdSeconds: 1 }, 'No')
  assert.match(unbegun, /^event: response.created\n.*\n\nevent: response.incomplete\n/)
})

/** What a request says at the places that the format knows, without what cannot be read. */
function readKnown(format: WireFormat, body: JsonObject) {
  return readRequestTexts(format, body).texts.filter(({ kind }) => kind !== 'unknown')
}

test('rules know tools wherever a request offers them, and by the names that they have', () => {
  const lookup = { type: 'function', name: 'lookup' }
  const namesOf = (body: JsonObject) =>
    openaiResponses.requestTools(body).offered.map(({ path, name, also = [] }) => [path, name, ...also])
  const space = { type: 'namespace', name: 'crm', tools: [lookup, { type: 'custom', name: 'rm' }] }
  assert.deepEqual(namesOf({ tools: [space] }), [
    ['/tools/0/tools/0', 'lookup', 'crm.lookup', 'crm'],
    ['/tools/0/tools/1', 'rm', 'crm.rm', 'crm'],
  ])
  for (const type of ['tool_search_output', 'additional_tools'])
    assert.deepEqual(namesOf({ input: [{ type, tools: [lookup, { type: 'web_search' }] }] }), [
      ['/input/0/tools/0', 'lookup'],
      ['/input/0/tools/1', 'web_search'],
    ])
  assert.deepEqual(
    namesOf({ input: [{ type: 'mcp_list_tools', server_label: 'wiki', tools: [{ name: 'ask' }] }] }),
    [['/input/0/tools/0', 'ask', 'mcp:wiki', 'mcp']],
  )
  const choices: [choice: JsonObject, ...names: string[][]][] = [
    [{ type: 'code_interpreter' }, ['/tool_choice', 'code_interpreter']],
    [{ type: 'mcp', server_label: 'wiki', name: 'ask' }, ['/tool_choice', 'ask', 'mcp:wiki', 'mcp']],
    [{ type: 'function', name: 'lookup' }],
    [{ type: 'allowed_tools', tools: [lookup, { type: 'shell' }] }, ['/tool_choice/tools/1', 'shell']],
  ]
  for (const [tool_choice, ...names] of choices)
    assert.deepEqual(namesOf({ tools: [lookup], tool_choice }), [['/tools/0', 'lookup'], ...names])
  assert.deepEqual(namesOf({ tools: [], tool_choice: 'required' }), [])
})

test('calls are known by their namespace, and by the server that they go to', () => {
  const items = [
    { type: 'function_call', name: 'lookup', namespace: 'crm', arguments: '{}' },
    { type: 'mcp_approval_request', name: 'ask', server_label: 'wiki', arguments: '{}' },
  ]
  const known = [
    ['lookup', ['crm.lookup', 'crm']],
    ['ask', ['mcp:wiki', 'mcp']],
  ]
  for (const { calls } of [
    openaiResponses.requestTools({ input: items }),
    openaiResponses.responseTools({ output: items }),
  ])
    assert.deepEqual(
      calls.map(({ name, also }) => [name, also]),
      known,
    )
  const streamed = items.flatMap((item, output_index) =>
    openaiResponses.reportedCalls(frame({ type: 'response.output_item.added', output_index, item })),
  )
  assert.deepEqual(
    streamed.map(({ name, also }) => [name, also]),
    known,
  )
})
