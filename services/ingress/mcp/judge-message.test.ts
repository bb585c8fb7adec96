import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Exchange } from '../exchange.ts'
import { mcpSubject } from './judge-message.ts'
import type { McpServer } from './servers.ts'

test('policies see who calls a tool as they see who asks a model, with what the client key fixes', () => {
  const exchange = {
    ...{ tenant: 'acme', agent: 'billing', tags: ['prod'], verified: ['agent'] },
    ...{ session: 's', isSessionNamed: true, key: { id: 'k1', name: 'team-a' } },
  } as unknown as Exchange
  assert.deepEqual(mcpSubject(exchange, { name: 'files', provider: 'mcp:files' } as McpServer), {
    ...{ tenant: 'acme', agent: 'billing', tags: ['prod'], verified: ['agent'] },
    ...{ session: { id: 's', named: true }, key: { id: 'k1', name: 'team-a' } },
    ...{ providers: ['mcp:files'], server: 'files' },
  })
})
