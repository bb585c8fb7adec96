import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { headerProblem, standardHeaders } from './check-headers.ts'
import { metaKeys, type RpcMessage, readMessage } from './message.ts'

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
const call = (tool: string) =>
  readMessage({
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
    params: { name: tool, _meta: { [metaKeys.protocolVersion]: '2026-07-28' } },
  }) as RpcMessage

test('the headers that are made of a message fit it, and those of another do not', () => {
  fc.assert(
    fc.property(name, name, (one, other) => {
      const headers = { 'mcp-protocol-version': '2026-07-28', ...standardHeaders(call(one)) }
      assert.equal(headerProblem(headers, call(one), '2026-07-28'), undefined)
      if (one !== other) assert.match(headerProblem(headers, call(other), '2026-07-28')!, /Mcp-Name/)
    }),
  )
})

test('from 2026-07-28 on each header must be there; before, what is there must fit', () => {
  const headers = { 'mcp-protocol-version': '2026-07-28', ...standardHeaders(call('a')) }
  for (const missing of Object.keys(headers)) {
    const less = { ...headers, [missing]: undefined }
    assert.match(headerProblem(less, call('a'), '2026-07-28')!, /is missing/)
  }
  assert.equal(headerProblem({}, call('a'), '2025-06-18'), undefined)
  assert.match(headerProblem({ 'mcp-method': 'tools/list' }, call('a'), '2025-06-18')!, /Mcp-Method/)
})
