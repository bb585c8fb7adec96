import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFrame } from '@airs-cp/providers'
import { frameOfMessage } from './call-server.ts'
import { lastMessage } from './client-side.ts'

test('a message that its server has written on several lines is one event with all of them', () => {
  const message = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'one\ntwo' }] } }
  for (const end of ['\n', '\r\n', '\r']) {
    const written = JSON.stringify(message, undefined, 2).replaceAll('\n', end)
    const sent = [frameOfMessage(written).raw, lastMessage(written, true).bytes]
    for (const bytes of sent) {
      const { event, data } = readFrame(bytes)
      assert.equal(event, 'message')
      assert.deepEqual(JSON.parse(data), message, JSON.stringify(end))
    }
  }
})
