import assert from 'node:assert/strict'
import {
  agreeingParamHeaders,
  errorMessage,
  headerProblem,
  metaKeys,
  metaOf,
  mirroredParams,
  nameOf,
  paramProblem,
  peerOf,
  type RpcMessage,
  readMessage,
  resultToHandshake,
  resultToStateless,
  revisions,
  standardHeaders,
  toHandshake,
  toolsOf,
  toStateless,
} from '@airs-cp/mcp'
import fc, { type JsonValue } from 'fast-check'
import { Refusal } from '../../../services/ingress/admission/refusal.ts'
import { McpRefusal } from '../../../services/ingress/mcp/mcp-refusal.ts'
import { readPost } from '../../../services/ingress/mcp/read-post.ts'
import { mutated } from '../mutated.ts'
import { defineTarget } from '../target.ts'

const any = fc.jsonValue({ maxDepth: 3 })
const id = fc.oneof(fc.string(), fc.integer(), fc.constantFrom<JsonValue>(null, 1.5, {}, [], true))
const method = fc.constantFrom<JsonValue>(
  'initialize',
  'tools/call',
  'tools/list',
  'resources/read',
  'prompts/get',
  'notifications/cancelled',
  'server/discover',
  'ping',
  '',
  7,
)
const meta = fc.dictionary(
  fc.constantFrom(
    'io.modelcontextprotocol/protocolVersion',
    'io.modelcontextprotocol/clientInfo',
    'progressToken',
    '__proto__',
  ),
  any,
)
const params = fc.oneof(
  any,
  fc.record(
    {
      name: any,
      arguments: any,
      uri: any,
      _meta: meta as fc.Arbitrary<JsonValue>,
      inputResponses: any,
      requestState: any,
    },
    { requiredKeys: [] },
  ),
)
const message = fc
  .record(
    {
      jsonrpc: fc.constantFrom<JsonValue>('2.0', '1.0', 2),
      id,
      method,
      params,
      result: fc.oneof(
        any,
        fc.record({ content: fc.array(any), tools: fc.array(any), isError: any }, { requiredKeys: [] }),
      ),
      error: fc.oneof(any, fc.record({ code: any, message: any, data: any }, { requiredKeys: [] })),
    },
    { requiredKeys: ['jsonrpc'] },
  )
  .map((value) => JSON.stringify(value))
const headers = fc.dictionary(
  fc.constantFrom('mcp-protocol-version', 'mcp-method', 'mcp-name', 'mcp-session-id', 'mcp-param-region'),
  fc.string(),
)

export const mcp = defineTarget({
  name: 'MCP messages: read or refused with a reason, and translated without a loss of id or method',
  input: fc.tuple(
    mutated(message, ['"id"', '"method"', 'null', '{', '[', '"', ',', '\\u0000']),
    headers,
    any,
  ),
  check([bytes, headers, schema]) {
    let message: RpcMessage
    try {
      message = readPost(bytes).message
    } catch (error) {
      assert.ok(error instanceof McpRefusal || error instanceof Refusal, String(error))
      assert.ok(error.message.length > 0 && error.message.length < 1_000)
      return
    }
    for (const revision of revisions) {
      const problem = headerProblem(headers, message, revision)
      assert.ok(problem === undefined || problem.length > 0)
      if (message.kind === 'response') {
        const { result } = message
        if (typeof result !== 'object' || result === null || Array.isArray(result)) continue
        toolsOf(result)
        assert.doesNotThrow(() => JSON.stringify(resultToHandshake(result, revision)))
        assert.equal(
          resultToStateless(result, 'tools/call', undefined).resultType,
          result.resultType ?? 'complete',
        )
        continue
      }
      const { json, method, params } = message
      nameOf(method, params)
      const translated = toHandshake(toStateless(json, revision, peerOf(params)))
      assert.equal(translated.method, method)
      assert.deepEqual(translated.id, json.id)
      const again = readMessage(JSON.parse(JSON.stringify(translated)))
      assert.equal(again.kind, message.kind)
      if (message.kind === 'request') {
        const own = { 'mcp-protocol-version': revision, ...standardHeaders(message) }
        const { [metaKeys.protocolVersion]: named } = metaOf(params)
        if (named === undefined)
          assert.equal(headerProblem(own, message, revision), undefined, JSON.stringify(own))
        assert.equal(errorMessage(message.id, -32603, 'Internal error').id, message.id)
      }
    }
    const tool = { name: 't', inputSchema: schema }
    const mirrored = mirroredParams(tool)
    paramProblem(headers, mirrored, schema)
    agreeingParamHeaders(headers, schema)
  },
})
