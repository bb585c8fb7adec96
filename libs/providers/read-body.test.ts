import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { atOnce } from '@airs-cp/events'
import fc from 'fast-check'
import { saidBesideInput } from './conversation/said-beside-input.ts'
import { allFormats, formats } from './formats.ts'
import type { Json, JsonObject } from './json.ts'
import { fieldNames } from './protocol-words.ts'
import {
  editRequestTexts,
  editTexts,
  readRequestTexts,
  readResponseTexts,
  responseTextsInSlices,
} from './read-body.ts'
import { escapeToken } from './text-part.ts'

const planted = 'falcon@nest.example'
const hidden = `data:text/plain;base64,${Buffer.from(`about ${planted}.`).toString('base64')}`

/** JSON with names that the formats know, in all places, and one string or name that says what must not be said. */
const names = fc.oneof(fc.constantFrom(...fieldNames, 'novel', '#', 'a/b', '~1'), fc.string({ maxLength: 6 }))
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom<Json>(
      ...[null, true, 7, 1e300, 'user', 'assistant', 'text', 'thinking', 'reasoning'],
      ...[planted, `about ${planted}.`, hidden, `see ${hidden} there`],
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(names, fc.constant(planted)), tie('value'), { maxKeys: 4 }),
  ),
}))
const bodies = fc.dictionary(names, value, { minKeys: 1, maxKeys: 5 }) as fc.Arbitrary<JsonObject>

function countIn(text: string, what = planted): number {
  return text.split(what).length - 1
}

/** Where a text stands, as pointers: in a string, or (`#` and its number) in the name of a member. */
function placesOf(text: string, value: Json, path = ''): string[] {
  if (typeof value === 'string') return value.includes(text) ? [path] : []
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap((one, index) => placesOf(text, one, `${path}/${index}`))
  return Object.keys(value).flatMap((name, index) => [
    ...(name.includes(text) ? [`${path}#${index}`] : []),
    ...placesOf(text, value[name]!, `${path}/${escapeToken(name)}`),
  ])
}

const long = 4111111111111111
const numberForms = fc.constantFrom('4111111111111111', '4111111111111111.0', '4.111111111111111e15')

function withNumber(written: string, form: string): string {
  return written.replace(/(?<![\w."])4111111111111111(?![\w."])/g, form)
}

function placesOfNumber(value: Json, path = ''): string[] {
  if (value === long) return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, child]) =>
    placesOfNumber(child!, `${path}/${Array.isArray(value) ? name : escapeToken(name)}`),
  )
}

for (const format of allFormats)
  describe(format.id, () => {
    for (const readTexts of [readRequestTexts, readResponseTexts])
      test(`${readTexts.name}: what is planted anywhere is read, or named as not read`, () => {
        fc.assert(
          fc.property(bodies, (body) => {
            const written = JSON.stringify(body)
            const { texts, unscanned } = readTexts(format, body, written)
            const read = new Set(
              texts.flatMap(({ path, text, also }) =>
                text.includes(planted) ? [path.replace(/#(?:data\d+|written)$/, ''), ...(also ?? [])] : [],
              ),
            )
            const isNamed = (place: string) =>
              unscanned.some(
                ({ path }) =>
                  place === path || (/^[/#]/.test(place.slice(path.length)) && place.startsWith(path)),
              )
            for (const place of [...placesOf(planted, body), ...placesOf(hidden, body)])
              assert.ok(read.has(place) || isNamed(place), `${place} is neither read nor named as not read`)
            if (unscanned.length === 0) {
              const found = texts.reduce(
                (sum, { text, also }) => sum + countIn(text) * (1 + (also?.length ?? 0)),
                0,
              )
              assert.equal(found, countIn(written) + countIn(written, hidden))
            }
          }),
          { numRuns: 300 },
        )
      })

    test('a number of twelve digits is read as its digits wherever it stands, or named as not read', () => {
      fc.assert(
        fc.property(bodies, numberForms, (body, form) => {
          const written = JSON.stringify(body, (_name, one) => (one === 7 ? long : one))
          const { texts, unscanned } = readRequestTexts(
            format,
            JSON.parse(written),
            withNumber(written, form),
          )
          const read = new Set(texts.filter(({ text }) => text === String(long)).map(({ path }) => path))
          for (const place of placesOfNumber(JSON.parse(written)))
            assert.ok(
              read.has(place) || unscanned.some(({ path }) => `${place}/`.startsWith(`${path}/`)),
              `${place} of ${written} is neither read nor named as not read`,
            )
          const edits = [...read].map((path) => ({ path, text: '[X]' }))
          const after = editTexts(withNumber(written, form), texts, edits)
          if (unscanned.length === 0) assert.equal(after, withNumber(written, '"[X]"'))
        }),
        { numRuns: 300 },
      )
    })

    test('what is changed are the matches, and every other byte stays', () => {
      fc.assert(
        fc.property(bodies, fc.constantFrom(0, 1, 3), (body, indent) => {
          const written = JSON.stringify(body, undefined, indent)
          const { texts, unscanned } = readRequestTexts(format, body, written)
          fc.pre(unscanned.length === 0 && !written.includes(hidden))
          const edits = texts.flatMap(({ path, text }) => {
            const start = text.indexOf(planted)
            if (start < 0) return []
            const changes = [{ start, end: start + planted.length, text: '[X]' }]
            return [{ path, text: text.replace(planted, '[X]'), changes }]
          })
          assert.equal(editTexts(written, texts, edits), written.replaceAll(planted, '[X]'))
        }),
        { numRuns: 300 },
      )
    })
  })

const chat = formats['openai.chat']
const messages = formats['anthropic.messages']

function read(format: typeof chat, written: string) {
  return readRequestTexts(format, JSON.parse(written), written)
}

test('numbers, escapes, order and spaces outside of a change are as they came', () => {
  const written =
    '{ "model":"m", "seed": 9007199254740993, "x":[1.0, 1e400, -0], "messages":[{"role":"user","content":"caf\\u00e9 \\/ bob@example.com \\ud83d\\ude00"}] }'
  const { texts } = read(chat, written)
  const text = 'café / bob@example.com 😀'
  const start = text.indexOf('bob')
  const changes = [{ start, end: start + 'bob@example.com'.length, text: '[EMAIL_1]' }]
  assert.equal(
    editTexts(written, texts, [{ path: '/messages/0/content', text: '', changes }]),
    written.replace('bob@example.com', '[EMAIL_1]'),
  )
})

test('numbers of tools are read as they are written, and become strings where they are changed', () => {
  const written =
    '{"messages":[{"role":"assistant","content":[{"type":"tool_use","input":{"card":4111111111111111111}}]}]}'
  const { texts } = read(messages, written)
  const path = '/messages/0/content/0/input/card'
  assert.equal(texts.find((text) => text.path === path)?.text, '4111111111111111111')
  assert.match(editTexts(written, texts, [{ path, text: '[CARD]' }]), /\{"card":"\[CARD\]"\}/)
})

test('data of text types is decoded, changed and encoded again; other data is named', () => {
  const data = Buffer.from('the falcon flies').toString('base64')
  const content = [
    { type: 'file', file: { file_data: `data:text/plain;base64,${data}` } },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    { type: 'image_url', image_url: { url: 'https://x.test/?q=falcon' } },
  ]
  const written = JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] })
  const { texts, unscanned } = read(chat, written)
  const path = '/messages/0/content/0/file/file_data'
  const document = texts.find((text) => text.path === path)
  assert.equal(document?.text, 'the falcon flies')
  assert.equal(document?.kind, 'document')
  assert.ok(texts.some(({ text }) => text === 'https://x.test/?q=falcon'))
  assert.deepEqual(
    unscanned.map(({ kind }) => kind),
    ['image', 'image'],
  )
  const edited = JSON.parse(editTexts(written, texts, [{ path, text: 'the [BIRD] flies' }]))
  const url = edited.messages[0].content[0].file.file_data as string
  assert.equal(Buffer.from(url.split(',')[1]!, 'base64').toString(), 'the [BIRD] flies')
})

test('a data URL is read beside what it decodes to: its head, and data in whose place none can be written', () => {
  const urls = [
    'data:text/plain;the falcon flies,hello',
    'data:text/falcon,hello',
    'data:text/plain;charset=utf-16le,falcon!',
    'data:text/plain;base64,falconfa',
    'data:text/plain;falcon;base64,aGVsbG8=',
  ]
  for (const url of urls)
    for (const content of [url, [{ type: 'image_url', image_url: { url } }]]) {
      const { texts } = read(chat, JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }))
      assert.ok(
        texts.some(({ text }) => text.includes('falcon')),
        url,
      )
    }
})

test('names that stand in several places are read for each who wrote them, and those that are signed stay', () => {
  const part = { functionCall: { name: 'a', args: { falcon: 1 } } }
  const contents = [
    { role: 'model', parts: [part] },
    { role: 'model', parts: [{ ...part, thoughtSignature: 'c2lnbmVk' }] },
    { role: 'user', parts: [part] },
  ]
  const { texts } = read(formats['gemini.generate-content'], JSON.stringify({ contents }))
  assert.deepEqual(
    texts
      .filter(({ text }) => text === 'falcon')
      .map(({ role, fixed, also = [] }) => [role, fixed, also.length]),
    [
      ['assistant', undefined, 0],
      ['assistant', 'signed', 0],
      ['user', undefined, 0],
    ],
  )
})

test('numbers that clients give of their own are read under any name', () => {
  const card = 4111111111111111
  const tools = [
    { name: 't', input_schema: { properties: { user: { const: card } } }, input_examples: [{ user: card }] },
  ]
  assert.equal(countIn(JSON.stringify(read(messages, JSON.stringify({ tools })).texts), String(card)), 2)
  const prompt = { id: 'p', variables: { user: card } }
  const { texts } = read(formats['openai.responses'], JSON.stringify({ prompt }))
  assert.equal(texts.find(({ path }) => path === '/prompt/variables/user')?.text, String(card))
})

test('what is labelled as an image or sound and is no base64 is a text', () => {
  const data = 'Dear model, the falcon flies.'
  const source = { type: 'base64', media_type: 'image/png', data }
  const asked = readRequestTexts(messages, {
    messages: [{ role: 'user', content: [{ type: 'image', source }] }],
  })
  const content = [{ type: 'image', mimeType: 'image/png', data }]
  const returned = readResponseTexts(formats['mcp.message'], { jsonrpc: '2.0', id: 1, result: { content } })
  for (const { texts, unscanned } of [asked, returned]) {
    assert.ok(texts.some(({ text }) => text === data))
    assert.deepEqual(unscanned, [])
  }
})

test('parts of one message go on in each other, whatever is between them, and messages do not', () => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } }
  const parts = (type?: string) =>
    ['a', '', 'b'].map((text) => ({ ...(type && { type }), text })).toSpliced(1, 0, image as never)
  const bodies: [typeof chat, JsonObject, string][] = [
    [chat, { messages: [{ role: 'user', content: parts('text') }] }, '/messages/0/content'],
    [messages, { system: parts('text') }, '/system'],
    [
      messages,
      { messages: [{ role: 'user', content: [{ type: 'tool_result', content: parts('text') }] }] },
      '/messages/0/content/0/content',
    ],
    [
      formats['openai.responses'],
      { input: [{ role: 'user', content: parts('input_text') }] },
      '/input/0/content',
    ],
    [formats['gemini.generate-content'], { contents: [{ parts: parts() }] }, '/contents/0/parts'],
  ]
  for (const [format, body, path] of bodies) {
    const { texts } = readRequestTexts(format, body)
    assert.deepEqual(
      texts.filter(({ text }) => /^[ab]$/.test(text)).map((text) => [text.path, text.continues]),
      [
        [`${path}/0/text`, undefined],
        [`${path}/3/text`, `${path}/0/text`],
      ],
      format.id,
    )
  }
  const content = {
    messages: ['a', 'b'].map((text) => ({ role: 'user', content: [{ type: 'text', text }] })),
  }
  for (const one of [content, { input: ['a', 'b'], stop: ['a', 'b'] }])
    assert.ok(readRequestTexts(chat, one).texts.every(({ continues }) => continues === undefined))
})

test('token ids are decoded with the vocabulary of the model, or named', () => {
  const completions = formats['openai.completions']
  const prompt = [791, 2883]
  const known = readRequestTexts(completions, { model: 'gpt-3.5-turbo-instruct', prompt })
  assert.equal(known.texts.find(({ path }) => path === '/prompt')?.text, 'The company')
  assert.deepEqual(
    readRequestTexts(completions, { model: 'mistral-7b', prompt }).unscanned.map(({ kind }) => kind),
    ['tokens'],
  )
})

test('what has a signature beside it is read and must not be changed', () => {
  const thinking = { type: 'thinking', thinking: 'They want it.', signature: 'EqQB' }
  const { texts, unscanned } = readRequestTexts(messages, {
    messages: [{ role: 'assistant', content: [thinking, { type: 'text', text: 'Done' }] }],
  })
  assert.equal(texts.find(({ text }) => text === 'They want it.')?.fixed, 'signed')
  assert.equal(texts.find(({ text }) => text === 'Done')?.fixed, undefined)
  assert.deepEqual(
    unscanned.map(({ kind }) => kind),
    ['signature'],
  )
})

test('a field that is called a signature where no provider signs hides nothing', () => {
  for (const [format, body] of [
    [chat, { signature: 'x', messages: [{ role: 'user', content: 'falcon' }] }],
    [chat, { messages: [{ role: 'user', content: 'falcon', thought_signature: 'x', encrypted_index: 'y' }] }],
    [chat, { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi', signature: 'falcon' }] }] }],
    [chat, { metadata: { encrypted_content: 'x', logprobs: { token: 'falcon' } } }],
    [messages, { messages: [{ role: 'user', content: [{ type: 'text', text: 'falcon', signature: 'x' }] }] }],
    [messages, { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi', data: 'falcon' }] }] }],
    [formats['openai.responses'], { input: [{ role: 'user', content: 'falcon', encrypted_content: 'x' }] }],
  ] as const) {
    const { texts } = readRequestTexts(format, body as unknown as JsonObject)
    const found = texts.find(({ text }) => text === 'falcon')
    assert.equal(found?.fixed, undefined)
    assert.ok(found, `${format.id}: ${JSON.stringify(body)}`)
  }
})

test('what providers sign in their formats stays signed', () => {
  const details = [{ type: 'reasoning.text', text: 'They want it.', signature: 'x' }]
  const signedCall = {
    id: 'c',
    function: { name: 'They want it.' },
    extra_content: { google: { thought_signature: 'x' } },
  }
  for (const [format, body] of [
    [chat, { messages: [{ role: 'assistant', content: 'x', reasoning_details: details }] }],
    [chat, { messages: [{ role: 'assistant', tool_calls: [signedCall] }] }],
    [
      formats['openai.responses'],
      { input: [{ type: 'reasoning', encrypted_content: 'x', summary: [{ text: 'They want it.' }] }] },
    ],
    [
      formats['gemini.generate-content'],
      { contents: [{ role: 'model', parts: [{ text: 'They want it.', thoughtSignature: 'x' }] }] },
    ],
  ] as const) {
    const { texts } = readRequestTexts(format, body as unknown as JsonObject)
    assert.equal(texts.find(({ text }) => text === 'They want it.')?.fixed, 'signed', format.id)
  }
})

test('token ids that nothing decodes are named, wherever servers take them', () => {
  const kindsOf = (format: typeof chat, body: object) =>
    readRequestTexts(format, body as JsonObject).unscanned.map(({ path, kind }) => `${path} ${kind}`)
  assert.deepEqual(kindsOf(chat, { messages: [], prompt_token_ids: [791] }), ['/prompt_token_ids tokens'])
  assert.deepEqual(kindsOf(formats['generic.openai'], { prompt: ['a', 791] }), ['/prompt tokens'])
  const mixed = { model: 'gpt-3.5-turbo-instruct', prompt: ['a', 791, 2883] }
  assert.deepEqual(kindsOf(formats['openai.completions'], mixed), ['/prompt tokens'])
  const call = { function: { name: 'f', arguments: { tokens: [1, 2] } } }
  assert.deepEqual(kindsOf(chat, { messages: [{ role: 'assistant', tool_calls: [call] }] }), [])
})

test('what an id refers to, and is not seen here, is named', () => {
  const kindsOf = (format: typeof chat, body: object) =>
    readRequestTexts(format, body as JsonObject).unscanned.map(({ path, kind }) => `${path} ${kind}`)
  const responses = formats['openai.responses']
  const inputs: [item: object, kind: string][] = [
    [{ type: 'item_reference', id: 'msg_1' }, 'id stored-item'],
    [{ id: 'msg_1' }, 'id stored-item'],
    [{ id: 'msg_1', type: null }, 'id stored-item'],
    [{ type: 'reasoning', id: 'rs_1', summary: [] }, 'id stored-item'],
    [{ type: 'image_generation_call', id: 'ig_1' }, 'id image'],
    [{ type: 'compaction', id: 'cmp_1', encrypted_content: 'x' }, 'encrypted_content compaction'],
  ]
  for (const [item, kind] of inputs) {
    assert.deepEqual(kindsOf(responses, { input: ['x', item] }), [`/input/1/${kind}`])
    const conversation = { items: [item] }
    assert.deepEqual(kindsOf(formats['openai.conversations'], conversation), [`/items/0/${kind}`])
  }
  const tools = [
    { type: 'file_search', vector_store_ids: ['vs_1', 'vs_2'] },
    { type: 'code_interpreter', container: { type: 'auto', file_ids: ['file-1'] } },
    { type: 'code_interpreter', container: 'cntr_1' },
    { type: 'shell', environment: { type: 'container_reference', container_id: 'cntr_2' } },
    { type: 'shell', environment: { skills: [{ type: 'skill_reference', skill_id: 'skill_1' }] } },
  ]
  const expected = [
    ...['0/vector_store_ids/0 file', '0/vector_store_ids/1 file', '1/container/file_ids/0 file'],
    ...['2/container container', '3/environment/container_id container'],
    '4/environment/skills/0/skill_id skill',
  ]
  for (const [body, at] of [
    [{ tools }, '/tools'],
    [{ input: [{ type: 'additional_tools', tools }] }, '/input/0/tools'],
  ] as const)
    assert.deepEqual(
      kindsOf(responses, body),
      expected.map((place) => `${at}/${place}`),
    )
  assert.deepEqual(
    kindsOf(messages, { messages: [], container: { id: 'c', skills: [{ skill_id: 'pdf' }] } }),
    ['/container/id container', '/container/skills/0/skill_id skill'],
  )
  assert.deepEqual(
    kindsOf(formats['gemini.generate-content'], {
      tools: [{ fileSearch: { fileSearchStoreNames: ['stores/1'] } }],
    }),
    ['/tools/0/fileSearch/fileSearchStoreNames/0 file'],
  )
  const whole = [
    { id: 'msg_1', role: 'user', content: 'x' },
    { type: 'reasoning', id: 'rs_1', content: [{ type: 'reasoning_text', text: 'y' }] },
    { type: 'code_interpreter_call', id: 'ci_1', container_id: 'cntr_1', code: 'z' },
  ]
  assert.deepEqual(kindsOf(responses, { input: whole }), [])
})

test('log probabilities of a history are left out where their text is changed', () => {
  const part = {
    type: 'output_text',
    text: 'bob@example.com',
    logprobs: [{ token: 'bob' }, { token: '@example.com' }],
  }
  const written = JSON.stringify({
    input: [{ role: 'assistant', content: [part, { text: 'x', logprobs: [{ token: 'x' }] }] }],
  })
  const { texts } = readRequestTexts(formats['openai.responses'], JSON.parse(written), written)
  const edited = editRequestTexts(written, texts, [{ path: '/input/0/content/0/text', text: '[EMAIL_1]' }])
  const [first, second] = JSON.parse(edited).input[0].content
  assert.deepEqual([first.text, first.logprobs, second.logprobs], ['[EMAIL_1]', [], [{ token: 'x' }]])
})

test('a member is renamed that was meant, whatever numbers and names there are twice', () => {
  const name = fc.constantFrom(
    'bob@example.com',
    '1',
    '007',
    '7',
    'a longer name than the others',
    '__proto__',
  )
  fc.assert(
    fc.property(fc.array(name, { maxLength: 8 }), (names) => {
      const members = names.map((one, index) => `${JSON.stringify(one)}:${index}`)
      const written = `{"metadata":{${members.join(',')}}}`
      const { texts } = readRequestTexts(chat, JSON.parse(written), written)
      const edits = texts
        .filter(({ text }) => text === 'bob@example.com')
        .map(({ path }) => ({ path, text: '[EMAIL_1]', changes: [{ start: 0, end: 15, text: '[EMAIL_1]' }] }))
      assert.equal(edits.length, names.includes('bob@example.com') ? 1 : 0)
      const renamed = written.replaceAll('bob@example.com', '[EMAIL_1]')
      assert.equal(editRequestTexts(written, texts, edits), renamed)
    }),
  )
})

test('what a client or a model writes is read, whatever its fields are called', () => {
  const own = {
    encrypted_content: 'gAAAA-falcon',
    source: { data: 'ZmFsY29u' },
    deep: [{ signature: 'falcon' }],
  }
  const called = { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: own }] }
  for (const [format, body, count] of [
    [messages, { messages: [called] }, 3],
    [chat, { messages: [], metadata: { encrypted_content: 'falcon', file: { file_data: 'falcon' } } }, 2],
    [
      messages,
      { messages: [{ role: 'assistant', content: 'x', encrypted_content: '4111 1111 1111 1111' }] },
      1,
    ],
    [messages, { messages: [{ role: 'assistant', content: 'x', encrypted_content: '4111111111111111' }] }, 1],
    [
      chat,
      { messages: [{ role: 'user', content: [{ type: 'file', file: { file_data: 'of falcon' } }] }] },
      1,
    ],
  ] as const) {
    const { texts, unscanned } = readRequestTexts(format, body as unknown as JsonObject)
    const found = texts.filter(({ text }) => /falcon|ZmFsY29u|4111/.test(text))
    assert.equal(found.length, count, JSON.stringify(body))
    assert.deepEqual(unscanned, [])
  }
})

test("a file of Gemini's is named whichever names its members have", () => {
  for (const file of ['fileData', 'file_data'])
    for (const uri of ['fileUri', 'file_uri']) {
      const body = { contents: [{ parts: [{ [file]: { [uri]: 'gs://files/1' } }] }] }
      const { unscanned } = readRequestTexts(
        formats['gemini.generate-content'],
        body as unknown as JsonObject,
      )
      assert.deepEqual(
        unscanned.map(({ kind }) => kind),
        ['file'],
        `${file} ${uri}`,
      )
    }
})

test('what a tool of the Responses API is called with is known, whatever its field', () => {
  const operation = { type: 'create_file', path: 'a.sh', diff: '+rm -rf /' }
  const calls = [
    { type: 'apply_patch_call', call_id: 'a', operation },
    { type: 'computer_call', call_id: 'b', actions: [{ type: 'type', text: 'rm -rf /' }] },
    { type: 'shell_call', call_id: 'c', action: { commands: ['rm -rf /'] } },
  ]
  for (const call of calls) {
    const [read] = formats['openai.responses'].responseTools({ output: [call] }).calls
    assert.match(read!.text, /rm -rf/, call.type)
  }
})

test('what a response of the Responses API repeats is compared with its request, and what is not in there is read', () => {
  const tool = {
    type: 'function',
    name: 'f',
    parameters: { properties: { falcon: { maximum: 4111111111111 } } },
  }
  const request = { input: 'nest', instructions: 'be kind', metadata: { a: 'b' }, tools: [tool] }
  const said = saidBesideInput(request)
  const textsOf = (more: JsonObject) => {
    const body = { output: [], ...request, ...more }
    const { texts } = atOnce(
      responseTextsInSlices(formats['openai.responses'], body, JSON.stringify(body), (text) =>
        said.has(text),
      ),
    )
    return texts.map(({ text }) => text).filter((text) => text !== 'nest')
  }
  assert.deepEqual(textsOf({}), [])
  assert.deepEqual(textsOf({ instructions: 'be cruel' }), ['be cruel'])
  assert.deepEqual(textsOf({ metadata: { a: 'nest!', egg: 'b' } }), ['nest!', 'egg'])
  assert.deepEqual(textsOf({ tools: [tool, { ...tool, description: 'new' }] }), ['new'])
  assert.deepEqual(textsOf({ user: 'c' }), ['c'])
})
