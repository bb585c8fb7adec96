import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeHeaderValue } from './header-values.ts'
import { agreeingParamHeaders, mirroredParams, paramHeaders, paramProblem } from './param-headers.ts'

const toolWith = (properties: object) => ({ name: 't', inputSchema: { type: 'object', properties } }) as never
const tool = toolWith({
  region: { type: 'string', 'x-mcp-header': 'Region' },
  options: { type: 'object', properties: { limit: { type: 'integer', 'x-mcp-header': 'Limit' } } },
  sure: { type: 'boolean', 'x-mcp-header': 'Sure' },
  query: { type: 'string' },
})
const args = fc.record(
  {
    region: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant(null)),
    options: fc.record({ limit: fc.integer() }, { requiredKeys: [] }),
    sure: fc.boolean(),
    query: fc.string(),
  },
  { requiredKeys: [] },
)

test('the headers that are made of arguments fit them, and those of others do not', () => {
  const params = mirroredParams(tool)
  fc.assert(
    fc.property(args, args, (one, other) => {
      const headers = paramHeaders(params, one)
      assert.equal(paramProblem(headers, params, one), undefined)
      const others = paramHeaders(params, other)
      const isContradicted = Object.entries(headers).some(([name, value]) => others[name] !== value)
      assert.equal(paramProblem(headers, params, other) !== undefined, isContradicted)
    }),
  )
})

test('a header that is missing contradicts nothing, and one without an argument does', () => {
  const params = mirroredParams(tool)
  assert.equal(paramProblem({}, params, { region: 'eu' }), undefined)
  assert.match(paramProblem({ 'mcp-param-region': 'us' }, params, { region: 'eu' })!, /does not match/)
  assert.match(paramProblem({ 'mcp-param-region': 'us' }, params, {})!, /does not match/)
})

test('annotations that are not valid count for nothing', () => {
  const annotated = (header: unknown, type = 'string') => ({ type, 'x-mcp-header': header })
  assert.deepEqual(mirroredParams(toolWith({ a: annotated('A b') })), [])
  assert.deepEqual(mirroredParams(toolWith({ a: annotated(7) })), [])
  assert.deepEqual(mirroredParams(toolWith({ a: annotated('A', 'number') })), [])
  assert.deepEqual(mirroredParams(toolWith({ a: annotated('A'), b: annotated('a') })), [])
})

test('of a tool that is not known, headers pass that say what the arguments say, and no others', () => {
  const params = mirroredParams(tool)
  fc.assert(
    fc.property(args, args, (sent, written) => {
      const headers = paramHeaders(params, written)
      const passed = agreeingParamHeaders({ ...headers, cookie: 'x' }, sent)
      for (const [name, value] of Object.entries(passed)) assert.equal(headers[name], value)
      const said = Object.values<unknown>(sent).flatMap((one): unknown[] =>
        typeof one === 'object' && one !== null ? Object.values(one) : [one],
      )
      for (const value of Object.values(passed))
        assert.ok(said.some((one) => String(one) === decodeHeaderValue(value)))
      assert.deepEqual(agreeingParamHeaders(headers, written), headers)
    }),
  )
  const redacted = { region: '[EMAIL_1]' }
  assert.deepEqual(agreeingParamHeaders({ 'mcp-param-region': 'ann@example.com' }, redacted), {})
  assert.deepEqual(
    agreeingParamHeaders({ 'mcp-param-region': 'eu', 'x-other': 'eu' }, { deep: [{ at: 'eu' }] }),
    {
      'mcp-param-region': 'eu',
    },
  )
})
