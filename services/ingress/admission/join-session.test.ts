import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { uuidv7 } from '@airs-cp/events'
import { findFormat, type JsonObject } from '@airs-cp/providers'
import fc from 'fast-check'
import { createSessionJoiner } from './join-session.ts'

type Message = { role: string; content: string }
const user = (content: string): Message => ({ role: 'user', content })
const assistant = (content: string): Message => ({ role: 'assistant', content })

describe('a request without a session', () => {
  const join = createSessionJoiner()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const json = JSON.parse(body.toString()) as JsonObject
    const exchange = {
      ...{ tenant: 'default', caller: String(request.headers['x-caller']), address: undefined },
      ...{ session: uuidv7(), isSessionNamed: false, method: 'POST' },
    }
    join({ exchange, format: findFormat('openai.chat')!, json, body, response })
    response.setHeader('x-session-id', exchange.session)
    const text = String(json.reply)
    if (json.stream !== true) {
      const choices = [{ index: 0, message: assistant(text), finish_reason: 'stop' }]
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ id: uuidv7(), object: 'chat.completion', choices }))
      return
    }
    response.setHeader('content-type', 'text/event-stream')
    for (const piece of [text.slice(0, 2), text.slice(2)]) {
      const choices = [{ index: 0, delta: { role: 'assistant', content: piece } }]
      response.write(`data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices })}\n\n`)
    }
    response.end('data: [DONE]\n\n')
  })
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(() => server.close())

  const ask = async (caller: string, messages: Message[], reply: string, stream = false): Promise<string> => {
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'x-caller': caller, 'content-type': 'application/json' },
      body: JSON.stringify({ messages, reply, stream }),
    })
    await response.text()
    return response.headers.get('x-session-id')!
  }

  const word = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }).map((text) => `w${text}w`)
  const round = fc.record({ asked: word, reply: word, stream: fc.boolean() })

  test('has the session that its history continues; that of another caller, or an edited one, never', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(round, { minLength: 1, maxLength: 4 }),
        word,
        fc.nat(),
        async (rounds, next, place) => {
          const caller = uuidv7()
          const messages: Message[] = [{ role: 'system', content: 'Be brief.' }]
          let session: string | undefined
          for (const [index, { asked, reply, stream }] of rounds.entries()) {
            messages.push(user(asked))
            const given = await ask(caller, messages, reply, stream)
            session ??= given
            assert.equal(given, session, `round ${index}`)
            messages.push(assistant(reply))
          }
          const continued = [...messages, user(next)]
          assert.notEqual(await ask(uuidv7(), continued, 'reply'), session, 'another caller')
          const edited = continued.map((message) => ({ ...message }))
          const spoken = edited.slice(1, -1)
          spoken[place % spoken.length]!.content += ' edited'
          assert.notEqual(await ask(caller, edited, 'reply'), session, 'edited')
          // Other instructions, and a branch from an earlier point.
          const branched = [{ role: 'system', content: 'Be long.' }, ...messages.slice(1, 3), user('again')]
          assert.equal(await ask(caller, branched, 'reply'), session, 'a branch')
          assert.equal(await ask(caller, continued, 'reply'), session, 'continued')
        },
      ),
      { numRuns: 40 },
    )
  })

  test('begins a new one where there is no history, however alike it is', async () => {
    const caller = uuidv7()
    const [first, second] = [await ask(caller, [user('Hi')], 'Hello'), await ask(caller, [user('Hi')], 'Hey')]
    assert.notEqual(first, second)
    assert.equal(await ask(caller, [user('Hi'), assistant('Hello'), user('More')], 'x'), first)
    assert.equal(await ask(caller, [user('Hi'), assistant('Hey'), user('More')], 'x'), second)
  })

  test('begins a new one where two sessions have its history', async () => {
    const caller = uuidv7()
    const [first, second] = [
      await ask(caller, [user('Hi')], 'Hello'),
      await ask(caller, [user('Hi')], 'Hello'),
    ]
    const third = await ask(caller, [user('Hi'), assistant('Hello'), user('More')], 'x')
    assert.equal(new Set([first, second, third]).size, 3)
    const continued = [user('Hi'), assistant('Hello'), user('More'), assistant('x'), user('Again')]
    assert.equal(await ask(caller, continued, 'y'), third)
  })

  test('is not recognised by a response that is too long to be kept', async () => {
    const caller = uuidv7()
    const long = 'long '.repeat(200_000)
    const first = await ask(caller, [user('Tell')], long)
    assert.notEqual(
      await ask(caller, [user('Tell'), assistant(long.slice(0, 300_000)), user('More')], 'x'),
      first,
    )
  })
})
