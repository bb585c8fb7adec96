import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileCondition } from './compile-condition.ts'
import { ConditionError } from './condition-error.ts'

const facts = {
  direction: 'request',
  request: {
    tenant: 'default',
    agent: 'bot',
    tags: ['prod', 'eu'],
    key: 'team-a',
    keyId: 'k1',
    provider: 'openai',
    providers: ['openai'],
    model: 'gpt-4o',
    format: 'openai.chat',
    path: '/v1/chat/completions',
    stream: false,
    sources: [],
    messages: 3,
    characters: 200,
    estimatedTokens: 50,
    maxTokens: 4096,
    hasSystemPrompt: true,
    tools: ['search', 'transfer'],
  },
  session: { id: 's1', named: true },
  findings: [
    { detector: 'pii', type: 'EMAIL', path: '/messages/0/content', confidence: 0.9, source: 'user' },
  ],
  toolCalls: [
    { name: 'transfer', arguments: { amount: 5000, to: { iban: 'DE89' } }, text: '{"amount":5000}' },
    { name: 'search', arguments: { query: 'x' }, text: '{"query":"x"}' },
  ],
}
const holds = (expression: string) => compileCondition(expression).holds(facts)

for (const [expression, expected] of Object.entries({
  'request.model.startsWith("gpt-") && !request.stream': true,
  'request.model.matches("^gpt-[0-9]o$")': true,
  'request.maxTokens > 4095 && request.maxTokens <= 4096': true,
  'request.provider in ["openai", "azure"]': true,
  '"prod" in request.tags && size(request.tags) == 2': true,
  'request.tags.exists_one(t, t.size() == 2)': true,
  'request.tags.all(t, t.contains("o"))': false,
  'request.tags.filter(t, t != "eu") == ["prod"]': true,
  'request.tags.map(t, t + "!") == ["prod!", "eu!"]': true,
  'toolCalls.exists(c, c.name == "transfer" && c.arguments.amount > 1000)': true,
  'toolCalls.exists(c, has(c.arguments.to.iban))': true,
  'has(request.agent) && request.agent != ""': true,
  'findings.exists(f, f.type == "EMAIL" && f.confidence > 0.5)': true,
  'findings.size() > 1 ? false : session.named': true,
  'request.messages * 2 + 1 - 3 == 4': true,
  '-request.messages < 0': true,
  'direction == "response"': false,
  'request.key.upperAscii() == "TEAM-A"': true,
  'double(request.messages) > 2.5 && int("7") == 7 && string(3) == "3"': true,
  '{"a": 1}["a"] == 1 && "a" in {"a": 1}': true,
}))
  test(`${expression} is ${expected}`, () => assert.equal(holds(expression), expected))

test('an operand that fails does not count where the other one decides', () => {
  assert.equal(holds('toolCalls[9].name == "x" || request.stream == false'), true)
  assert.equal(holds('request.stream && toolCalls[9].name == "x"'), false)
  assert.equal(holds('toolCalls.exists(c, c.arguments.amount > 1)'), true)
  assert.throws(() => holds('toolCalls.exists(c, c.arguments.amount > 9000)'), ConditionError)
  assert.throws(() => holds('toolCalls[9].name == "x"'), /nothing at 9/)
})

for (const [expression, message, offset] of [
  ['request.modle == "a"', /No such key: modle \(did you mean "model"\?\); there are tenant, agent/, 8],
  ['request.model ==', /Unexpected token/, 16],
  ['request.model == 3', /no such overload/, 0],
  ['request.model', /must be true or false/, 0],
  [
    'requst.model == "a"',
    /Unknown variable: requst \(did you mean "request"\?\); there are request, session/,
    0,
  ],
  ['request.model.matches("(a")', /not valid RE2/, 22],
  ['request.model.matches(request.agent)', /must stand there as a string/, 0],
  ['cel.bind(x, 1, x == 1)', /not available/, 0],
  ['size(request.tags.map(t, t.split(","))) > 1', /split is not available/, 0],
  ['timestamp("2026-01-01T00:00:00Z") == timestamp("2026-01-01T00:00:00Z")', /not available/, 0],
] as const)
  test(`${expression} is refused, with its place`, () => {
    assert.throws(
      () => compileCondition(expression),
      (error) => {
        assert(error instanceof ConditionError)
        assert.match(error.message, message)
        assert(error.offset >= offset, `offset ${error.offset}`)
        return true
      },
    )
  })

test('no condition can go on for long, whatever the exchange brings', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => `tag ${index}`)
  const long = { ...facts, request: { ...facts.request, tags: many, model: 'a'.repeat(5_000_000) } }
  for (const expression of [
    'request.tags.all(a, request.tags.all(b, a != "" || b != ""))',
    'request.tags.exists(a, request.model.contains(a))',
    'request.model.matches("(a?){60}a{60}b")',
    'request.tags.map(a, request.tags) == request.tags.map(a, request.tags)',
    `${'request.tags + '.repeat(50)}request.tags == []`,
  ])
    assert.throws(() => compileCondition(expression).holds(long), /costs more than/, expression)
})

test('a condition that costs too much is not rescued by another operand', () => {
  const many = Array.from({ length: 20_000 }, () => 'x')
  const long = { ...facts, request: { ...facts.request, tags: many } }
  const condition = compileCondition('request.tags.exists(a, request.tags.all(b, b == "x")) || true')
  assert.throws(() => condition.holds(long), /costs more than/)
})
