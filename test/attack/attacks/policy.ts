import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Attack } from '../attack.ts'
import { ask } from '../world.ts'

const word = 'falcon'
const block = `name: no-bird\nmode: enforce\nonUnscanned: block\ndetectors:\n  - { detector: pattern, name: BIRD, pattern: '(?i)falcon' }\naction: block\n`

/** A word that must not leave, wherever a request can hide it from a policy and a model or a provider can read it. */
const hidingPlaces: [name: string, body: object | string][] = [
  ['the message itself', ask(word)],
  ['a name of a message', { ...ask('hi'), messages: [{ role: 'user', name: word, content: 'hi' }] }],
  ['a key that nobody knows', ask('hi', { falcon: 1 })],
  ['a field that nobody knows', ask('hi', { extra: { deep: [word] } })],
  ['reasoning of a message', { ...ask('hi'), messages: [{ role: 'user', content: 'hi', reasoning: word }] }],
  ['an enum of a tool', tool({ type: 'object', properties: { a: { enum: [word] } } })],
  ['a default of a tool', tool({ type: 'object', properties: { a: { default: word } } })],
  ['a property name of a tool', tool({ type: 'object', properties: { falcon: {} } })],
  ['a tool name', { ...ask('hi'), tools: [{ type: 'function', function: { name: word, parameters: {} } }] }],
  ['a stop sequence', ask('hi', { stop: [word] })],
  ['a template', ask('hi', { chat_template: word })],
  ['a search option', ask('hi', { web_search_options: { user_location: { city: word } } })],
  ['metadata', ask('hi', { metadata: { a: word } })],
  ['the user', ask('hi', { user: word })],
  ['escapes', '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\\u0066alcon"}]}'],
  [
    'a duplicate key',
    '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],"messages":[{"role":"user","content":"falcon"}]}',
  ],
  [
    'a key in other letters',
    '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],"Messages":[{"role":"user","content":"falcon"}]}',
  ],
  [
    'a key that folds',
    '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],"me\u017f\u017fages":[{"role":"user","content":"falcon"}]}',
  ],
  [
    'base64 of a text',
    {
      ...ask('hi'),
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'file',
              file: {
                filename: 'a.txt',
                file_data: `data:text/plain;base64,${Buffer.from(word).toString('base64')}`,
              },
            },
          ],
        },
      ],
    },
  ],
  [
    'arguments of a tool call',
    {
      ...ask('hi'),
      messages: [
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          tool_calls: [
            { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":"\\u0066alcon"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c', content: 'ok' },
      ],
    },
  ],
  ['what looks encoded', ask(`${word}_`.repeat(30))],
  ['zero-width characters', ask('fal\u200bcon')],
  ['full-width letters', ask('ｆａｌｃｏｎ')],
]

export const againstPolicies: Attack[] = [
  {
    name: `one word in ${hidingPlaces.length} places of a request`,
    attacker: 'client',
    strike: async (world) => {
      await world.control.applyPolicy(block)
      const problems: string[] = []
      for (const [name, body] of hidingPlaces) {
        const marker = `hiding ${name}`
        const { status } = await world.chat(body, { 'x-marker': marker })
        if (status < 400 || world.upstream.asked.has(marker)) problems.push(`reached the provider in ${name}`)
      }
      for (const query of ['?falcon=1', '?a=falcon', '?a=%66alcon']) {
        const response = await fetch(`${world.stack.urls.ingress}/v1/chat/completions${query}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${world.key}`,
            'x-marker': query,
          },
          body: JSON.stringify(ask('hi')),
        })
        await response.arrayBuffer()
        if (world.upstream.asked.has(query)) problems.push(`reached the provider in the query ${query}`)
      }
      await world.control.call('DELETE', '/v1/policies/no-bird')
      return problems
    },
  },
  {
    name: 'one word in an answer: escaped keys, unknown fields, errors, a stream under another type',
    attacker: 'provider',
    strike: async (world) => {
      await world.control.applyPolicy(block)
      const problems: string[] = []
      for (const [name, status, type, body] of replies) {
        const marker = `answer ${name}`
        world.upstream.reply(marker, (request, response) => {
          request.resume()
          response.writeHead(status, { 'content-type': type })
          response.end(body)
        })
        const stream = body.startsWith('data:')
        const { text } = await world
          .chat(ask('hi', { stream }), { 'x-marker': marker })
          .catch(() => ({ text: '' }))
        if (/falcon|rm_admin/i.test(text)) problems.push(`reached the client in ${name}`)
      }
      await world.control.call('DELETE', '/v1/policies/no-bird')
      return problems
    },
  },
  {
    name: 'a forbidden tool under an escaped key',
    attacker: 'provider',
    strike: async (world) => {
      await world.control.applyPolicy(
        'name: no-admin\nmode: enforce\ndirection: response\ndetectors: [{ detector: tool-call, deny: ["rm_*"] }]\naction: block\n',
      )
      const call = '{"id":"c","type":"function","function":{"name":"rm_admin","arguments":"{}"},"index":0}'
      const bodies = [
        `{"choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","tool\\u005fcalls":[${call}]}}]}`,
        `data: {"choices":[{"index":0,"delta":{"role":"assistant","tool\\u005fcalls":[${call}]}}]}\n\ndata: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n`,
      ]
      const problems: string[] = []
      for (const [index, body] of bodies.entries()) {
        world.upstream.reply(`tool-${index}`, (request, response) => {
          request.resume()
          response.writeHead(200, { 'content-type': index === 0 ? 'application/json' : 'text/event-stream' })
          response.end(body)
        })
        const { text } = await world
          .chat(ask('hi', { stream: index === 1 }), { 'x-marker': `tool-${index}` })
          .catch(() => ({ text: '' }))
        if (text.includes('rm_admin'))
          problems.push(`reached the client ${index === 0 ? 'plain' : 'streamed'}`)
      }
      await world.control.call('DELETE', '/v1/policies/no-admin')
      return problems
    },
  },
  {
    name: 'paths that climb',
    attacker: 'client',
    strike: async ({ stack, key, upstream }) => {
      const problems: string[] = []
      for (const path of [
        '/v1/models/..;/files',
        '/v1/models/%252e%252e%252ffiles',
        '/v1/models/%2e%2e/files',
        '/v1/models/..%2ffiles',
      ]) {
        await getAsWritten(new URL(stack.urls.ingress!), path, {
          authorization: `Bearer ${key}`,
          'x-marker': path,
        })
        if (upstream.asked.has(path))
          problems.push(`${path} reached the provider as ${upstream.asked.get(path)!.url}`)
      }
      return problems
    },
  },
]

const replies: [name: string, status: number, type: string, body: string][] = [
  [
    'a field beside the message',
    200,
    'application/json',
    '{"citations":["falcon"],"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"a"}}]}',
  ],
  ['an error', 400, 'application/json', '{"error":{"message":"falcon","type":"invalid_request_error"}}'],
  ['an error that is not JSON', 502, 'text/html', '<html>falcon</html>'],
  [
    'escapes',
    200,
    'application/json',
    '{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"\\u0066alcon"}}]}',
  ],
  ['a stream', 200, 'text/event-stream', stream('text')],
  ['a stream under another type', 200, 'text/plain', stream('text')],
  ['a field of a frame that nobody knows', 200, 'text/event-stream', stream('field')],
]

/** `fetch` would resolve the path itself. */
async function getAsWritten(
  { hostname, port }: URL,
  path: string,
  headers: Record<string, string>,
): Promise<void> {
  const asked = request({ hostname, port, path, headers }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  await buffer(response)
}

function stream(where: 'text' | 'field'): string {
  const frames =
    where === 'text'
      ? [
          '{"choices":[{"index":0,"delta":{"role":"assistant","content":"fal"}}]}',
          '{"choices":[{"index":0,"delta":{"content":"con"}}]}',
        ]
      : [
          '{"choices":[{"index":0,"delta":{"role":"assistant","content":"a"}}],"search_results":[{"title":"falcon"}]}',
        ]
  return [...frames, '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}', '[DONE]']
    .map((frame) => `data: ${frame}\n\n`)
    .join('')
}

function tool(parameters: object): object {
  return ask('hi', { tools: [{ type: 'function', function: { name: 'f', parameters } }] })
}
