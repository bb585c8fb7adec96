import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSseParser, formats } from '@airs-cp/providers'
import type { Relayed } from '../exchange.ts'
import { createFrameGuard } from './guard-frames.ts'
import { restoreResponse } from './restore-response.ts'

const format = formats['openai.chat']
const restorations = new Map([['[EMAIL_1]', 'ann@example.com']])
const restore = (text: string) =>
  restoreResponse(format, { stream: false } as Relayed, Buffer.from(text), restorations)?.toString()

test('a response that cannot be read keeps its placeholders where nothing but restoring waits for it', () => {
  const message = '{"choices": [{"message": {"content": "to [EMAIL_1]"}}]'
  assert.equal(restore(`${message}}`), `${message}}`.replace('[EMAIL_1]', 'ann@example.com'))
  for (const unreadable of [message, `${message}, "id": 1, "id": 2}`, 'to [EMAIL_1]\0', '<p>[EMAIL_1]</p>'])
    assert.equal(restore(unreadable), undefined)
})

test('so does a frame of a stream, and what follows it is restored', () => {
  const frame = (rest: string) =>
    `data: {${rest}"choices":[{"index":0,"delta":{"content":"[EMAIL_1] "}}]}\n\n`
  for (const unreadable of ['data: ping\n\n', frame('"id":1,"id":2,')]) {
    const frames = createFrameGuard(format, undefined, restorations)
    const came = createSseParser().push(Buffer.from(`${unreadable}${frame('')}data: [DONE]\n\n`))
    const passed = [...frames.push(...came), ...frames.end()].map(({ raw }) => raw.toString())
    assert.equal(frames.blockedMessage(), undefined)
    assert.equal(passed[0], unreadable.replace('[EMAIL_1]', 'ann@example.com'))
    assert.match(passed[1]!, /ann@example\.com/)
  }
})
