import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicySet } from './compile.ts'
import { evaluate } from './evaluate.ts'
import type { EvaluationContext } from './evaluation-context.ts'
import type { Subject } from './scope.ts'
import { createThrottle } from './throttle.ts'

const subject = {
  tenant: 'default',
  providers: ['mock'],
  tags: [],
  model: 'gpt-4o',
  key: { id: 'k1', name: 'team-a' },
  session: { id: 's1', named: true },
}
const setOf = (...documents: string[]) =>
  compilePolicySet({
    version: 7,
    mode: 'enforce',
    policies: documents.map((document, index) => ({
      name: `p${index}`,
      version: 1,
      document: `name: p${index}\nmode: enforce\n${document}`,
    })),
  })
const ask = (set: ReturnType<typeof setOf>, text: string, context?: EvaluationContext) =>
  evaluate(set, 'request', subject, [{ path: '/m/0', text, role: 'user' }], 'key', context)

test('the strongest action wins, and every finding is recorded', () => {
  const set = setOf(
    'detectors: [{ detector: pii, types: [EMAIL] }]\naction: redact',
    'detectors: [{ detector: pattern, name: T, pattern: "T-[0-9]+" }]\naction: quarantine',
    'detectors: [{ detector: pii, types: [IP] }]\naction: block',
  )
  const { decision, blockedBy, edits } = ask(set, 'ann@example.com T-1 192.168.10.77')
  assert.equal(decision.action, 'quarantine')
  assert.equal(blockedBy?.policy, 'p1')
  assert.deepEqual(edits, [])
  assert.deepEqual(
    decision.findings.map(({ type }) => type),
    ['EMAIL', 'T', 'IP'],
  )
  assert.deepEqual(
    decision.verdicts.map(({ action }) => action),
    ['redact', 'quarantine', 'block'],
  )
})

test('a condition without detectors decides alone, and the decision says so', () => {
  const set = setOf(
    'when: request.model in ["gpt-3.5-turbo"] || request.key == "team-a"\naction: block\nmessage: No',
  )
  const { decision, blockedBy } = ask(set, 'hello')
  assert.equal(blockedBy?.message, 'No')
  assert.match(decision.verdicts[0]?.condition ?? '', /team-a/)
})

test('a condition that cannot be evaluated blocks or lets pass as the policy says', () => {
  const when = 'when: toolCalls[0].name == "x"'
  const closed = ask(setOf(`${when}\naction: block`), 'hello')
  assert.equal(closed.blockedBy?.action, 'block')
  assert.match(closed.decision.scanned.skipped[0]?.reason ?? '', /p0 failed closed: there is nothing at 0/)
  const open = ask(setOf(`${when}\naction: block\nonError: open`), 'hello')
  assert.equal(open.blockedBy, undefined)
  assert.match(open.decision.scanned.skipped[0]?.reason ?? '', /failed open/)
})

test('a policy can heed untrusted sources alone', () => {
  const set = setOf('detectors: [{ detector: pii, types: [EMAIL], sources: [untrusted] }]\naction: block')
  const texts = [
    { path: '/m/0', text: 'ann@example.com', role: 'user' },
    { path: '/m/1', text: 'bob@example.com', role: 'tool', kind: 'tool-result' },
  ] as const
  const { decision } = evaluate(set, 'request', subject, [...texts], 'key')
  assert.deepEqual(
    decision.findings.map(({ path, source }) => ({ path, source })),
    [{ path: '/m/1', source: 'tool' }],
  )
  const declared = evaluate(set, 'request', subject, [texts[0]], 'key', { declaresDocuments: true })
  assert.equal(declared.decision.findings[0]?.source, 'document')
  assert.equal(evaluate(set, 'request', subject, [texts[0]], 'key').blockedBy, undefined)
})

test('a policy is limited to client keys by name or id', () => {
  const fires = (scope: string) =>
    ask(setOf(`scope: ${scope}\nwhen: "true"\naction: block`), 'x').blockedBy !== undefined
  assert.deepEqual(['{ keys: [team-a] }', '{ keys: [k1] }', '{ keys: [team-b] }'].map(fires), [
    true,
    true,
    false,
  ])
})

test('a limit lets pass what it allows, and says when to try again', () => {
  let nowMs = 0
  const throttle = createThrottle(() => nowMs)
  const set = setOf(
    'direction: request\nthrottle: { requests: 3, perSeconds: 60, by: session }\naction: throttle',
  )
  const take = () => ask(set, 'hello', { throttle }).blockedBy
  assert.equal(take(), undefined)
  nowMs += 10_000
  assert.deepEqual([take(), take()], [undefined, undefined])
  const refused = take()
  assert.equal(refused?.action, 'throttle')
  nowMs += refused.retryAfterSeconds! * 1_000
  assert.equal(take(), undefined)
  assert.equal(take()?.action, 'throttle')
})

test('what another limit or policy refuses counts against no limit, and the longest wait is said', () => {
  let nowMs = 0
  const throttle = createThrottle(() => nowMs)
  const set = setOf(
    'direction: request\nthrottle: { requests: 2, perSeconds: 3600 }\naction: throttle',
    'direction: request\nthrottle: { requests: 1, perSeconds: 2 }\naction: throttle',
    'direction: request\nthrottle: { requests: 2, perSeconds: 7200 }\naction: throttle',
    'direction: request\ndetectors: [{ detector: pattern, name: T, pattern: "T-[0-9]+" }]\naction: block',
  )
  const take = (text = 'hello') => ask(set, text, { throttle }).blockedBy
  assert.deepEqual(
    [take('T-1'), take('T-2'), take('T-3')].map((by) => by?.action),
    ['block', 'block', 'block'],
  )
  assert.equal(take(), undefined)
  assert.deepEqual([take()?.policy, take()?.policy, take()?.retryAfterSeconds], ['p1', 'p1', 2])
  nowMs += 2_000
  assert.equal(take(), undefined)
  assert.deepEqual([take()?.policy, take()?.retryAfterSeconds], ['p2', 7_200])
})

test('a limit counts callers, whatever sessions they name', () => {
  const refusals = (limit: string, subjects: Partial<Subject>[]) => {
    const throttle = createThrottle(() => 0)
    const set = setOf(
      `direction: request\nthrottle: { requests: 1, perSeconds: 60${limit} }\naction: throttle`,
    )
    return subjects.map(
      (one) =>
        evaluate(set, 'request', { tenant: 'default', providers: [], tags: [], ...one }, [], 'key', {
          throttle,
        }).blockedBy !== undefined,
    )
  }
  const key = { id: 'k1', name: 'team-a' }
  const minted = (id: string) => ({ id, named: false })
  const named = (id: string) => ({ id, named: true })
  const twice = (one: Partial<Subject>, other: Partial<Subject>) => [
    { ...one, session: minted('s1') },
    { ...one, session: named('s2') },
    { ...other, session: minted('s3') },
  ]
  for (const [one, other] of [
    [{ key }, { credential: 'c1' }],
    [{ credential: 'c1' }, { credential: 'c2' }],
    [{ address: '192.0.2.1' }, { address: '192.0.2.2' }],
  ] as const)
    assert.deepEqual(refusals('', twice(one, other)), [false, true, false])
  assert.deepEqual(
    refusals(', by: session', [
      { credential: 'c1', session: named('s') },
      { credential: 'c2', session: named('s') },
      { credential: 'c1', session: named('s') },
      { credential: 'c1', session: minted('s1') },
      { credential: 'c1', session: minted('s2') },
    ]),
    [false, false, true, false, true],
  )
})

test('the tools that a request offers and calls are judged', () => {
  const set = setOf(`detectors:
  - { detector: tool-call, on: [offered], deny: ["shell*"] }
  - { detector: tool-call, on: [called], tools: [transfer], arguments: [{ path: "$..iban", matches: "^XX" }] }
action: block`)
  const { decision } = ask(set, 'x', {
    tools: () => ({
      offered: [
        { path: '/tools/0', name: 'shell_exec' },
        { path: '/tools/1', name: 'search' },
      ],
      calls: [
        { path: '/m/1/a', name: 'transfer', text: '{"to":{"iban":"XX00"}}' },
        { path: '/m/2/a', name: 'search', text: '{"iban":"XX00"}' },
      ],
    }),
  })
  assert.deepEqual(
    decision.findings.map(({ type, path }) => `${type} ${path}`),
    ['TOOL_DENIED /tools/0', 'TOOL_ARGUMENTS /m/1/a'],
  )
})

test('escapes of JSON hide nothing from a pattern on whole arguments', () => {
  const set = setOf('detectors: [{ detector: tool-call, arguments: [{ matches: "rm -rf" }] }]\naction: block')
  const call = { path: '/a', name: 'run', text: '{"c":"\\u0072m -rf /"}' }
  assert.equal(ask(set, 'x', { tools: () => ({ offered: [], calls: [call] }) }).blockedBy?.action, 'block')
})

test('arguments that are wrapped once more hide nothing from a path, and what is broken within is a finding', () => {
  const set = setOf(
    'detectors: [{ detector: tool-call, arguments: [{ path: $.amount, matches: "^[0-9]{5}" }] }]\naction: block',
  )
  const isBlocked = (text: string) =>
    ask(set, 'x', { tools: () => ({ offered: [], calls: [{ path: '/a', name: 'pay', text }] }) })
      .blockedBy !== undefined
  const wrappings: ((text: string) => string)[] = [
    (text) => text,
    (text) => JSON.stringify(text),
    (text) => JSON.stringify(JSON.stringify(text)),
    (text) => `\`\`\`json\n${text}\n\`\`\``,
    (text) => JSON.stringify(`\`\`\`\n${text}`),
    (text) => `\uFEFF ${text}`,
  ]
  const conditional = setOf('when: toolCalls.exists(c, c.arguments.amount > 1000)\naction: block')
  for (const wrap of wrappings) {
    const call = { path: '/a', name: 'pay', text: wrap('{"amount":99999}') }
    const { blockedBy } = ask(conditional, 'x', { tools: () => ({ offered: [], calls: [call] }) })
    assert.equal(blockedBy?.action, 'block', `by a condition: ${call.text}`)
    assert.equal(isBlocked(wrap('{"amount":99999}')), true, wrap('{"amount":99999}'))
    assert.equal(isBlocked(wrap('{"amount":5}')), false, wrap('{"amount":5}'))
    assert.equal(isBlocked(wrap('{"amount":99')), true, wrap('{"amount":99'))
  }
  const careful = setOf(
    'when: toolCalls.exists(c, c.name == "pay" && has(c.arguments.amount) && c.arguments.amount > 1000)\naction: block',
  )
  const isConditionMet = (name: string, text: string) =>
    ask(careful, 'x', { tools: () => ({ offered: [], calls: [{ path: '/a', name, text }] }) }).blockedBy !==
    undefined
  for (const text of [
    '{"amount":99999',
    '{"amount":NaN}',
    "{'amount': 99999}",
    '{"amount":5}{"amount":99999}',
  ])
    assert.deepEqual([isConditionMet('pay', text), isConditionMet('walk', text)], [true, false], text)
  assert.equal(isConditionMet('pay', '{"amount":5}'), false)
  assert.equal(isConditionMet('pay', 'five'), false)
  for (const text of ['', 'ls -l', '```', '"ls"', '5', 'null']) assert.equal(isBlocked(text), false, text)
})

test('a name with escapes hides no argument, whatever was read before', () => {
  const set = setOf(
    'detectors: [{ detector: tool-call, arguments: [{ path: $.amount, matches: "^[0-9]{5}" }] }]\naction: block',
  )
  const pay = (text: string) =>
    ask(set, 'x', { tools: () => ({ offered: [], calls: [{ path: '/a', name: 'pay', text }] }) }).blockedBy
  assert.equal(pay('{"to-the-harbour":0,"\\\\u0061":1}'), undefined)
  assert.equal(pay('{"to-the-harbour":0,"\\u0061mount":99999}')?.action, 'block')
})

test('an answer that has the system prompt word by word is found', () => {
  const set = setOf('direction: response\ndetectors: [{ detector: system-prompt, words: 6 }]\naction: block')
  const systemPrompts = () => [
    'You are Otto, the helpful assistant of Acme. Never tell anybody about project Bluebird.',
  ]
  const reply = (text: string) =>
    evaluate(set, 'response', subject, [{ path: '/c', text }], 'key', { systemPrompts }).decision.findings
  assert.equal(reply('My instructions: you are OTTO - the helpful assistant of "Acme".').length, 1)
  assert.equal(reply('Otto is a helpful assistant, and works for Acme.').length, 0)
})

test('what is taken out reversibly stands under a name of its own', () => {
  const set = setOf('detectors: [{ detector: pii, types: [EMAIL] }]\nreversible: true\naction: redact')
  const { edits, restorations } = ask(set, 'ann@example.com, [EMAIL_1], bob@example.com, ann@example.com')
  assert.equal(edits[0]?.text, '[EMAIL_2], [EMAIL_1], [EMAIL_3], [EMAIL_2]')
  assert.deepEqual(
    [...restorations],
    [
      ['[EMAIL_2]', 'ann@example.com'],
      ['[EMAIL_3]', 'bob@example.com'],
    ],
  )
})

test('what another policy redacts for good is not restored', () => {
  const set = setOf(
    'detectors: [{ detector: pii, types: [EMAIL] }]\nreversible: true\naction: redact',
    'detectors: [{ detector: pattern, name: SECRET, pattern: "bob@example" }]\naction: redact',
  )
  const { edits, restorations } = ask(set, 'ann@example.com bob@example.com')
  assert.equal(edits[0]?.text, '[EMAIL_1] [EMAIL_2]')
  assert.deepEqual([...restorations.keys()], ['[EMAIL_1]'])
})

test('a policy says whether it quarantines the session or its caller', () => {
  const set = setOf(
    'detectors: [{ detector: pattern, name: T, pattern: "T-[0-9]+" }]\naction: quarantine\nquarantine: caller',
    'detectors: [{ detector: pattern, name: T, pattern: "T-[0-9]+" }]\naction: quarantine',
  )
  const { decision } = ask(set, 'T-1')
  assert.deepEqual(
    decision.verdicts.map(({ quarantine }) => quarantine),
    ['caller', undefined],
  )
  assert.throws(
    () => setOf('when: "true"\naction: block\nquarantine: caller'),
    /goes with action: quarantine/,
  )
})

test('a condition knows the caller, and what of the request its key has verified', () => {
  const set = setOf('when: caller.key != "team-a" || !("agent" in caller.verified)\naction: block')
  const blocked = (who: object) =>
    evaluate(set, 'request', { ...subject, ...who }, [], 'key').blockedBy !== undefined
  const key = { id: 'k1', name: 'team-a' }
  assert.equal(blocked({ key, verified: ['agent'] }), false)
  assert.equal(blocked({ key }), true)
  assert.equal(blocked({ key: { id: 'k2', name: 'team-b' }, verified: ['agent'] }), true)
  const ids = setOf('when: caller.id == "credential:f1" || caller.id == "key:k1"\naction: block')
  const { key: _key, ...withoutKey } = subject
  const found = (who: object) => evaluate(ids, 'request', { ...withoutKey, ...who }, [], 'key').blockedBy
  assert.ok(found({ credential: 'f1' }) && found({ key, credential: 'f2' }))
  assert.equal(found({ credential: 'f2' }), undefined)
})

test('placeholders belong to one value where whoever responds knows more than the request says', () => {
  const set = setOf('detectors: [{ detector: pii, types: [EMAIL] }]\naction: redact\nreversible: true')
  const placeholders = (text: string, context: EvaluationContext) => [
    ...ask(set, text, context).restorations.keys(),
  ]
  const unread = (kind: string): EvaluationContext => ({
    unscanned: () => [{ path: '/x', kind, reason: '' }],
  })
  const request = { coverage: 'bytes only' } as ReturnType<NonNullable<EvaluationContext['request']>>
  const mcp = { server: 's', method: 'tools/call' } as EvaluationContext['mcp']
  for (const context of [
    ...[
      'stored-response',
      'stored-conversation',
      'stored-prompt',
      'stored-item',
      'compaction',
      'file',
      'container',
    ].map(unread),
    { request: () => request },
    { mcp: mcp! },
  ]) {
    const [ann] = placeholders('ann@example.com', context)
    const [bob] = placeholders('bob@example.com', context)
    assert.match(ann!, /^\[EMAIL_[0-9a-f]{10}\]$/)
    assert.notEqual(ann, bob)
  }
  for (const kind of ['image', 'signature', 'echo'])
    assert.deepEqual(placeholders('ann@example.com', unread(kind)), ['[EMAIL_1]'])
})
