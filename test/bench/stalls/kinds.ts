/** What a large body is made of, and what its exchange is called. */
export type Kind = {
  name: string
  path: string
  headers?: Record<string, string>
  body: string
  /** The body that is large, where that is the response. */
  response?: string
}

const sentence = (n: number) =>
  `In week ${n} the harbour of Westport counted ${n * 7} ships, and ${n * 3} of them were blue. Nobody knows why. `
const logLine = (n: number) =>
  `{"ts":"2026-11-29T08:${10 + (n % 50)}:02.${100 + (n % 900)}Z","level":"info","id":"01a2266c-9f03-736b-${1000 + (n % 9000)}","n":${4815162342 + n},"ip":"10.1.2.${n % 256}","took":${n / 8},"msg":"done"}\n`
const noise = (bytes: number) => {
  const buffer = Buffer.alloc(bytes)
  let state = 1
  for (let at = 0; at < bytes; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    buffer[at] = state >>> 16
  }
  return buffer
}

function filled(bytes: number, piece: (n: number) => string): string {
  let text = ''
  for (let n = 0; text.length < bytes; n++) text += piece(n)
  return text
}

function list<Item>(bytes: number, make: (n: number) => Item): Item[] {
  const items: Item[] = []
  for (let n = 0, sum = 0; sum < bytes; n++) {
    const item = make(n)
    sum += JSON.stringify(item).length + 1
    items.push(item)
  }
  return items
}

/** By this the fake provider knows what to respond with. */
const asking = (name: string) => [{ role: 'user', content: `respond with ${name}` }]

export function kindsOf(bytes: number): Kind[] {
  const path = '/v1/chat/completions'
  const chat = (name: string, messages: unknown, more: object = {}): Kind => ({
    name,
    path,
    body: JSON.stringify({ model: 'gpt-4o-mini', messages, ...more }),
  })
  const prose = filled(bytes, sentence)
  const logs = filled(bytes, logLine)
  const user = (content: unknown) => [{ role: 'user', content }]
  const image = `data:image/png;base64,${noise(Math.floor((bytes * 3) / 4)).toString('base64')}`
  const completion = (content: string) =>
    JSON.stringify({
      ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1_763_900_000, model: 'gpt-4o-mini' },
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 4, completion_tokens: 900_000, total_tokens: 900_004 },
    })
  const chunk = (delta: object, finish_reason: string | null) =>
    `data: ${JSON.stringify({
      ...{ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_763_900_000, model: 'gpt-4o-mini' },
      choices: [{ index: 0, delta, finish_reason }],
    })}\n\n`
  const streamed = `${list(bytes / 3, (n) => chunk({ content: sentence(n) }, null)).join('')}${chunk({}, 'stop')}data: [DONE]\n\n`
  const inOneFrame = (delta: object) => `${chunk(delta, null)}${chunk({}, 'stop')}data: [DONE]\n\n`
  const called = (args: object) => ({
    tool_calls: [
      {
        index: 0,
        id: 'c1',
        type: 'function',
        function: { name: 'read_notes', arguments: JSON.stringify(args) },
      },
    ],
  })
  const responding = (name: string, response: string, more: object = {}) => ({
    ...chat(name, asking(name), more),
    response,
  })
  const rows = list(bytes, (n) => ({ id: n, text: sentence(n).slice(0, 60), isOpen: n % 3 === 0 }))
  const numbers = list(bytes, (n) => Math.round(Math.sin(n) * 1e9) / 1e9)
  const call = (args: object): string =>
    JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'search', arguments: args },
    })
  const tool = (name: string, body: string, response?: string): Kind => ({
    ...{ name, path: '/mcp/bench', body },
    headers: { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-06-18' },
    ...(response !== undefined && { response }),
  })
  const result = (text: string) =>
    JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }] } })
  return [
    chat('prose', user(prose)),
    chat(
      'prose, not ASCII',
      user(filled(bytes / 1.05, (n) => sentence(n).replace('Nobody', 'Niemand weiß'))),
    ),
    chat('logs as JSON', user(logs)),
    chat(
      'image',
      user([
        { type: 'text', text: 'What is it?' },
        { type: 'image_url', image_url: { url: image } },
      ]),
    ),
    chat('base64 as text', user(image.slice(22))),
    chat(
      'short messages',
      list(bytes, (n) => ({ role: n % 2 ? 'assistant' : 'user', content: sentence(n) })),
    ),
    chat('short parts', user(list(bytes, (n) => ({ type: 'text', text: sentence(n) })))),
    {
      ...{ name: 'numbers', path: '/v1/embeddings' },
      body: JSON.stringify({ model: 'text-embedding-3-small', input: 'a', metadata: { numbers } }),
    },
    chat('results of tools', [
      ...asking('nothing'),
      ...list(bytes, (n) => n)
        .slice(0, 40)
        .flatMap((n) => [
          {
            role: 'assistant',
            tool_calls: [{ id: `c${n}`, type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          { role: 'tool', tool_call_id: `c${n}`, content: JSON.stringify(list(bytes / 50, logLine)) },
        ]),
    ]),
    responding('response: prose', completion(prose)),
    responding('response: logs as JSON', completion(logs)),
    responding('response: stream', streamed, { stream: true }),
    responding('response: one large frame', inOneFrame({ content: prose }), { stream: true }),
    responding('response: one argument', inOneFrame(called({ text: prose })), { stream: true }),
    responding('response: many arguments', inOneFrame(called({ rows })), { stream: true }),
    tool('MCP: arguments', call({ text: prose })),
    tool('MCP: result', call({ text: 'respond with MCP: result' }), result(logs)),
  ]
}
