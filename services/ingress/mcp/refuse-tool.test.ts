import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../admission/refusal.ts'
import { readPost } from './read-post.ts'
import { refuseTool } from './refuse-tool.ts'
import type { McpServer } from './servers.ts'

const server = { name: 'files' } as McpServer
const call = (params: string, method = '"method":"tools/call"') =>
  readPost(Buffer.from(`{"jsonrpc":"2.0","id":1,${method},"params":${params}}`))
const refusing = (...tools: string[]) => ({
  isRefused: (_: unknown, tool: string) => tools.includes(tool),
  hasRefused: () => tools.length > 0,
})
const refusalOf = (post: ReturnType<typeof call>, ...tools: string[]) =>
  refuseTool(post, server, refusing(...tools)).then(
    () => undefined,
    (error: unknown) => error instanceof Refusal && error.error.code,
  )

test('a tool whose definition a person has refused is not called, whichever of two names its server reads', async () => {
  assert.equal(await refusalOf(call('{"name":"wipe"}'), 'wipe'), 'tool_refused')
  for (const params of ['{"name":"list","Name":"wipe"}', '{"Name":"wipe"}', '{"name":"wipe","name":"list"}'])
    assert.equal(await refusalOf(call(params), 'wipe'), 'ambiguous_json', params)
  const methods = '"Method":"tools/call","method":"tools/list"'
  assert.equal(await refusalOf(call('{"name":"wipe"}', methods), 'wipe'), 'ambiguous_json')
})

test('other tools are called with whatever arguments', async () => {
  const params = '{"name":"list","arguments":{"ID":1,"id":2,"Name":"a"}}'
  assert.equal(await refusalOf(call(params), 'wipe'), undefined)
  assert.equal(await refusalOf(call('{"Name":"wipe"}')), undefined)
})
