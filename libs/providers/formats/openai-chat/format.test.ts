import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRequestTexts } from '../../read-body.ts'
import { replaceTexts } from '../../replace-texts.testing.ts'
import { readFrame, type SseFrame, sseText } from '../../sse.ts'
import { openaiChat } from './format.ts'

const frame = (data: object | string) =>
  readFrame(Buffer.from(sseText(typeof data === 'string' ? data : JSON.stringify(data))))

const chunk = (delta: object, finish: string | null = null, index = 0) =>
  frame({
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 5,
    model: 'gpt-4o-2024',
    choices: [{ index, delta, finish_reason: finish }],
  })

test('policy sees every string that reaches the model', () => {
  const body = {
    model: 'gpt-4o',
    user: 'u-1',
    metadata: { ticket: 'T1' },
    messages: [
      { role: 'developer', content: 'Be brief' },
      {
        role: 'user',
        name: 'ann',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: 'https://x.test/a.png?q=1' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'novel', words: 'unknown kind' },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'k1', type: 'function', function: { name: 'search', arguments: '{"q":"cats"}' } },
          { id: 'k2', type: 'custom', custom: { name: 'sql', input: 'select 1' } },
        ],
      },
      { role: 'tool', tool_call_id: 'k1', content: 'Found cats' },
      { role: 'tool', tool_call_id: 'k2', content: [{ type: 'text', text: '1 row' }] },
    ],
    tools: [
      {
        type: 'function',
        function: {
          name: 'search',
          description: 'Searches',
          parameters: { type: 'object', properties: { q: { type: 'string', description: 'The query' } } },
        },
      },
    ],
  }
  const said = readRequestTexts(openaiChat, body)
    .texts.filter(({ kind }) => kind !== 'unknown')
    .map(({ path, text, role, kind, tool }) => [path, text, role, kind, tool])
  const expected = [
    ['/messages/0/content', 'Be brief', 'system', 'text', undefined],
    ['/messages/1/name', 'ann', 'user', 'text', undefined],
    ['/messages/1/content/0/text', 'Look', 'user', 'text', undefined],
    ['/messages/1/content/1/image_url/url', 'https://x.test/a.png?q=1', 'user', 'text', undefined],
    ['/messages/1/content/3/words', 'unknown kind', 'user', 'text', undefined],
    ['/messages/2/tool_calls/0/function/arguments', '{"q":"cats"}', 'assistant', 'tool-arguments', 'search'],
    ['/messages/2/tool_calls/1/custom/input', 'select 1', 'assistant', 'tool-arguments', 'sql'],
    ['/messages/3/content', 'Found cats', 'tool', 'tool-result', 'search'],
    ['/messages/4/content/0/text', '1 row', 'tool', 'tool-result', 'sql'],
    ['/tools/0/function/description', 'Searches', 'system', 'tool-definition', 'search'],
    [
      '/tools/0/function/parameters/properties/q/description',
      'The query',
      'system',
      'tool-definition',
      'search',
    ],
    ['/user', 'u-1', 'unknown', 'text', undefined],
    ['/metadata/ticket', 'T1', 'unknown', 'text', undefined],
  ]
  assert.deepEqual(said.toSorted(), expected.toSorted())
  const edited = replaceTexts(
    body,
    openaiChat.requestTexts(body).map(({ path }) => ({ path, text: 'X' })),
  )
  assert.ok(openaiChat.requestTexts(edited).every(({ text }) => text === 'X'))
})

test('only what must be known is checked', () => {
  const read = (body: unknown) => openaiChat.readRequest(body)
  assert.deepEqual(read({ model: 'm', messages: [], novel: 1 }), {
    model: 'm',
    stream: false,
    includeUsage: false,
  })
  assert.deepEqual(
    read({ model: 'm', messages: [{}], stream: true, stream_options: { include_usage: true } }),
    {
      model: 'm',
      stream: true,
      includeUsage: true,
    },
  )
  const problems: [unknown, string | null, string][] = [
    [undefined, null, 'invalid_type'],
    [[], null, 'invalid_type'],
    [{ messages: [] }, 'model', 'missing_required_parameter'],
    [{ model: 3, messages: [] }, 'model', 'invalid_type'],
    [{ model: 'm' }, 'messages', 'missing_required_parameter'],
    [{ model: 'm', messages: {} }, 'messages', 'invalid_type'],
    [{ model: 'm', messages: ['hi'] }, 'messages[0]', 'invalid_type'],
    [{ model: 'm', messages: [{ content: 7 }] }, 'messages[0].content', 'invalid_type'],
    [{ model: 'm', messages: [], stream: 'yes' }, 'stream', 'invalid_type'],
  ]
  for (const [body, param, code] of problems) {
    const facts = read(body)
    assert.ok('problem' in facts)
    assert.deepEqual([facts.problem.param, facts.problem.code], [param, code])
  }
})

test('pieces of a stream are read with the string that they belong to', () => {
  const texts = openaiChat.frameTexts(
    frame({
      choices: [
        { index: 1, delta: { content: 'Hi', reasoning_content: 'Hm' } },
        { index: 0, delta: { tool_calls: [{ index: 2, function: { name: 'f', arguments: '{"a' } }] } },
      ],
    }),
  )
  assert.deepEqual(texts, [
    { path: '/choices/0/delta/content', channel: '/choices/1/message/content', text: 'Hi', kind: 'text' },
    {
      path: '/choices/0/delta/reasoning_content',
      channel: '/choices/1/message/reasoning_content',
      text: 'Hm',
      kind: 'text',
    },
    {
      path: '/choices/1/delta/tool_calls/0/function/arguments',
      channel: '/choices/0/message/tool_calls/2/function/arguments',
      text: '{"a',
      kind: 'tool-arguments',
      tool: 'f',
    },
  ])
  assert.deepEqual(openaiChat.frameTexts(frame('[DONE]')), [])
})

test('the assembler folds what providers send and shrugs at junk', () => {
  const assembler = openaiChat.createAssembler()
  assert.equal(assembler.result(), undefined)
  const frames = [
    chunk({ role: 'assistant', content: '' }),
    frame('not json'),
    frame({ choices: 'junk', obfuscation: 'zzz' }),
    chunk({ content: 'Hel', reasoning_content: 'Think' }),
    chunk({ content: 'lo', reasoning_content: 'ing' }),
    chunk({ tool_calls: [{ index: 1, id: 'k2', type: 'function', function: { name: 'g', arguments: '' } }] }),
    chunk({
      tool_calls: [{ index: 0, id: 'k1', type: 'function', function: { name: 'f', arguments: '{' } }],
    }),
    chunk({ tool_calls: [{ index: 0, id: 'k1', function: { name: 'f', arguments: '}' } }] }),
    chunk({ __proto__: null, content: null }),
    chunk({}, 'tool_calls'),
    frame({ id: 'c1', choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } }),
    frame('[DONE]'),
  ]
  for (const it of frames) assembler.push(it)
  assert.deepEqual(assembler.result(), {
    id: 'c1',
    object: 'chat.completion',
    created: 5,
    model: 'gpt-4o-2024',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'Hello',
          refusal: null,
          reasoning_content: 'Thinking',
          tool_calls: [
            { id: 'k1', type: 'function', function: { name: 'f', arguments: '{}' } },
            { id: 'k2', type: 'function', function: { name: 'g', arguments: '' } },
          ],
        },
        logprobs: null,
        finish_reason: 'tool_calls',
      },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 4 },
  })
})

test('a blocked stream ends well-formed, every open choice with content_filter', () => {
  const follower = openaiChat.createFollower()
  follower.push(chunk({ content: 'a' }, null, 0))
  follower.push(chunk({ content: 'b' }, null, 1))
  follower.push(chunk({}, 'stop', 0))
  assert.equal(follower.isComplete(), false)
  const ending = follower.blockedEnding({ id: 'x', model: 'y', createdSeconds: 1 }, 'No cards')
  assert.match(
    ending,
    /^data: \{"id":"c1".*"index":1.*"refusal":"No cards".*"content_filter".*\n\ndata: \[DONE\]\n\n$/,
  )
  const [frame] = ending.split('\n\n')
  assert.deepEqual(JSON.parse(frame!.slice('data: '.length)).airs, {
    type: 'policy_violation',
    message: 'No cards',
  })
  const unbegun = openaiChat.createFollower().blockedEnding({ id: 'x', model: 'y', createdSeconds: 1 }, 'No')
  assert.match(unbegun, /"id":"x".*"created":1,"model":"y".*"role":"assistant".*"content_filter"/)
})

test('a first chunk without choices, as Azure sends it, opens nothing and contains nothing', () => {
  const follower = openaiChat.createFollower()
  follower.push(frame({ id: '', model: '', choices: [], prompt_filter_results: [] }))
  follower.push(chunk({ role: 'assistant', content: '' }))
  follower.push(chunk({ content: '"finish_reason":"stop"' }))
  assert.equal(follower.model(), 'gpt-4o-2024')
  assert.deepEqual(follower.finishReasons(), [])
  assert.equal(follower.isComplete(), false)
})

test('usage and finish reasons are read from answers and chunks', () => {
  const usage = {
    prompt_tokens: 10,
    completion_tokens: 5,
    prompt_tokens_details: { cached_tokens: 8 },
    completion_tokens_details: { reasoning_tokens: 2 },
  }
  assert.deepEqual(openaiChat.usage({ usage }), {
    inputTokens: 10,
    outputTokens: 5,
    cachedInputTokens: 8,
    reasoningTokens: 2,
    estimated: false,
  })
  assert.equal(openaiChat.usage({ usage: null }), undefined)
  assert.equal(openaiChat.usage({ usage: { prompt_tokens: -1, completion_tokens: 1.5 } }), undefined)
  assert.deepEqual(
    openaiChat.finishReasons({ choices: [{ finish_reason: 'stop' }, { finish_reason: null }] }),
    ['stop'],
  )
})

test('errors have the shape that OpenAI clients read', () => {
  const error = {
    status: 403,
    type: 'policy_violation',
    code: 'blocked_by_policy',
    message: 'No',
    param: null,
  }
  const body = '{"error":{"message":"No","type":"policy_violation","param":null,"code":"blocked_by_policy"}}'
  assert.equal(openaiChat.errorBody(error), body)
  assert.equal(openaiChat.errorFrames(error), `data: ${body}\n\n`)
  assert.ok(openaiChat.isTerminator(frame('[DONE]')))
})

test('a stream is complete with its terminator, with a finish reason for each choice, or with an error', () => {
  const isComplete = (...frames: SseFrame[]) => {
    const follower = openaiChat.createFollower()
    for (const it of frames) follower.push(it)
    return follower.isComplete()
  }
  const open = chunk({ content: 'a' })
  assert.equal(isComplete(), false)
  assert.equal(isComplete(open), false)
  assert.equal(isComplete(open, chunk({}, 'stop')), true)
  assert.equal(isComplete(open, chunk({ content: 'b' }, null, 1), chunk({}, 'stop')), false)
  assert.equal(isComplete(open, frame('[DONE] ')), true)
  assert.equal(isComplete(open, frame({ error: { message: 'overloaded' } })), true)
  assert.equal(isComplete(frame(`{"choices":[{"index":0,"delta":{},"finish\\u005freason":"stop"}]}`)), true)
})

test('options that let the provider search are tools, as each provider calls them', () => {
  const offeredBy = (more: object) =>
    openaiChat.requestTools({ model: 'm', messages: [], ...more }).offered.map(({ name }) => name)
  for (const more of [
    { web_search_options: {} },
    { search_parameters: { mode: 'auto' } },
    { enable_search: true },
    { model: 'openai/gpt-4o:online' },
  ])
    assert.deepEqual(offeredBy(more), ['web_search'], JSON.stringify(more))
  assert.deepEqual(offeredBy({ search_parameters: { mode: 'off' }, enable_search: false }), [])
  const tools = [{ type: 'function', function: { name: 'f' } }]
  const allowed = { type: 'allowed_tools', allowed_tools: { tools: [...tools, { type: 'shell' }] } }
  assert.deepEqual(offeredBy({ tools, tool_choice: allowed }), ['f', 'shell'])
  assert.deepEqual(offeredBy({ tools, tool_choice: tools[0] }), ['f'])
})
