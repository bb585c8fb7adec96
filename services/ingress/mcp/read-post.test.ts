import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Revision, type RpcMessage, readMessage, type SessionState } from '@airs-cp/mcp'
import { McpRefusal } from './mcp-refusal.ts'
import { revisionOf } from './read-post.ts'

const list = readMessage({ jsonrpc: '2.0', id: 1, method: 'tools/list' }) as RpcMessage
const session = (client: Revision): SessionState => ({
  ...{ server: 'files', caller: '', session: 's', client, upstream: client },
})
const named = (revision: string) => ({ 'mcp-protocol-version': revision })

test('a request of a session has the revision that was agreed on, whichever one with a handshake its header names', () => {
  for (const header of ['2025-03-26', '2025-06-18', '2025-11-25'])
    assert.equal(revisionOf(named(header), list, session('2025-11-25')), '2025-11-25')
  assert.equal(revisionOf({}, list, session('2025-06-18')), '2025-06-18')
})

test('one without a handshake contradicts a session, and one that is unknown is refused', () => {
  const code = (header: string) => {
    try {
      revisionOf(named(header), list, session('2025-11-25'))
    } catch (error) {
      assert.ok(error instanceof McpRefusal)
      return error.error.code
    }
    return undefined
  }
  assert.equal(code('2026-07-28'), 'header_mismatch')
  assert.equal(code('2024-01-01'), 'unsupported_revision')
})
