import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventTypes } from '@airs-cp/events'
import { compilePolicySet } from '@airs-cp/policy-engine'
import { judgeExchange } from './judge-exchange.ts'
import type { RecordedExchange } from './recorded-exchange.ts'

/** An exchange of a client that writes its base URL without `/v1`, and whose key fixes its agent. */
const text = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] })
const opening = {
  ...{ type: eventTypes.requestReceived, tenant: 'default', time: '2026-11-30T00:00:00Z', exchange: 'e' },
  data: {
    ...{ provider: 'mock', tags: [], sources: [], agent: 'a', verified: ['agent'] },
    request: {
      ...{ method: 'POST', path: '/chat/completions?a=1', format: 'openai.chat', model: 'm', stream: false },
      body: { text, bytes: text.length },
    },
  },
}
const recorded = { opening, outcome: undefined } as unknown as RecordedExchange

test('a condition is told of a recorded exchange what it was told when that was made', () => {
  for (const when of ['request.path == "/v1/chat/completions"', '"agent" in caller.verified']) {
    const document = `name: p\nmode: enforce\ndirection: request\nwhen: '${when}'\naction: block\n`
    const policies = [{ name: 'p', version: 1, document }]
    const set = compilePolicySet({ version: 1, mode: 'enforce', policies })
    assert.equal(judgeExchange(set, recorded, new Map())?.after, 'block', when)
  }
})

test('policies on tools of MCP servers decide on a recorded call what they decided when it was made', () => {
  const params = { name: 'delete_all', arguments: { path: '/etc' } }
  const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })
  const { verified: _, ...data } = opening.data
  const recordedCall = {
    opening: {
      ...opening,
      data: {
        ...{ ...data, provider: 'mcp:files', key: { id: 'k', name: 'ann' } },
        mcp: {
          server: 'files',
          kind: 'request',
          direction: 'client-to-server',
          method: 'tools/call',
          name: 'delete_all',
        },
        request: {
          ...{ method: 'POST', path: '/mcp/files', format: 'mcp.message', stream: false },
          body: { text: call, bytes: call.length },
        },
      },
    },
    outcome: undefined,
  } as unknown as RecordedExchange
  for (const rule of [
    'mcp: { deny: [delete_all] }',
    'mcp: { deny: [files/*] }',
    'when: mcp.server == "files" && mcp.tool == "delete_all" && mcp.arguments.path == "/etc"',
    'when: mcp.method == "tools/call" && mcp.caller == "ann"',
    'scope: { servers: [files] }\nwhen: "true"',
  ]) {
    const document = `name: p\nmode: enforce\ndirection: request\naction: block\n${rule}\n`
    const policies = [{ name: 'p', version: 1, document }]
    const set = compilePolicySet({ version: 1, mode: 'enforce', policies })
    assert.equal(judgeExchange(set, recordedCall, new Map())?.after, 'block', rule)
  }
})
