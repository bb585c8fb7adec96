import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicySet } from '../compile.ts'
import { blocksTool, enforces, evaluate } from '../evaluate.ts'

const set = (...documents: string[]) =>
  compilePolicySet({
    version: 1,
    mode: 'enforce',
    policies: documents.map((document, index) => ({ name: `p${index}`, version: index + 1, document })),
  })
const policy = (name: string, mcp: string, more = '') => `name: ${name}
mode: enforce
direction: request
mcp: ${mcp}
action: block
${more}`
const subject = { tenant: 'default', providers: ['mcp:files'], tags: [], server: 'files' }
const call = (tool: string, isDrifted = false) => ({
  ...{ server: 'files', tool, method: 'tools/call', arguments: {}, caller: '', isDrifted },
})
const typeOf = (policies: ReturnType<typeof set>, tool: string, isDrifted = false) => {
  const { decision } = evaluate(policies, 'request', subject, [], 'key', { mcp: call(tool, isDrifted) })
  return decision.action === 'block' ? decision.findings.map(({ type }) => type).join() : decision.action
}

test('a tool that nothing names is denied only where the set says so', () => {
  const denied = policy('denied', '{ deny: ["files/delete_*"] }')
  assert.equal(typeOf(set(denied), 'delete_all'), 'TOOL_DENIED')
  assert.equal(typeOf(set(denied), 'read_file'), 'allow')
  const listed = set(
    denied,
    policy('default', '{ default: deny }'),
    policy('more', '{ allow: ["read_*", "files/stat"] }'),
  )
  assert.equal(typeOf(listed, 'read_file'), 'allow')
  assert.equal(typeOf(listed, 'stat'), 'allow')
  assert.equal(typeOf(listed, 'write_file'), 'TOOL_NOT_ALLOWED')
})

test('a tool that has drifted is blocked where a policy says so', () => {
  const rule = set(policy('drift', '{ onDrift: block }'))
  assert.equal(typeOf(rule, 'read_file', true), 'TOOL_DRIFTED')
  assert.equal(typeOf(rule, 'read_file'), 'allow')
  assert.ok(blocksTool(rule, subject, { ...call('read_file', true), method: '' }, 'key'))
})

test('what is said of tools of servers says nothing of models, and costs them nothing', () => {
  const rule = set(policy('default', '{ default: deny }').replace('direction: request\n', ''))
  const model = { tenant: 'default', providers: ['openai'], tags: [] }
  assert.equal(enforces(rule, 'response', model), false)
  assert.equal(evaluate(rule, 'request', model, [], 'key').decision.action, 'allow')
})
