import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PolicyDocumentError, parsePolicies } from './parse-policies.ts'
import { warningsOf } from './stream-hold.ts'

function problemsOf(yaml: string): string[] {
  try {
    parsePolicies(yaml)
  } catch (error) {
    assert(error instanceof PolicyDocumentError)
    return error.message.split('\n')
  }
  return []
}

test('a document with everything in it is understood', () => {
  const [parsed] = parsePolicies(`
name: everything
description: All that can be said
mode: enforce
direction: [request]
scope: { tenants: [default], keys: [team-a], agents: [bot], providers: [openai], models: ["gpt-*"], tags: [prod] }
detectors:
  - { detector: pii, types: [EMAIL], threshold: 0.8, sources: [untrusted] }
  - { detector: secrets, types: [github-pat] }
  - { detector: injection, sources: [tool, document] }
  - { detector: pattern, name: TICKET, pattern: 'TCK-[0-9]+' }
when: request.maxTokens > 100
action: redact
reversible: true
message: Taken out
onError: open
owasp: [LLM02]
`)
  assert.equal(parsed?.policy.name, 'everything')
  assert.equal(parsed.policy.reversible, true)
})

test('a condition alone is a policy, and so is a limit', () => {
  assert.deepEqual(problemsOf('name: a\nwhen: request.maxTokens > 100\naction: block\n'), [])
  assert.deepEqual(
    problemsOf(
      'name: a\ndirection: request\nthrottle: { requests: 5, perSeconds: 60, by: key }\naction: throttle\n',
    ),
    [],
  )
})

test('every problem of a document is reported with its place, in the order of the document', () => {
  assert.deepEqual(
    problemsOf(`name: Bad Name
mode: maybe
detectors:
  - { detector: pii, types: [EMAIL, MAIL] }
  - { detector: pattern, name: X, pattern: '(a' }
  - detector: tool-call
    arguments: [{ path: command, matches: rm }]
when: request.modle == "a"
onError: never
action: blok
`).map((problem) => problem.replace(/: .*/, '')),
    [
      'line 1, column 7',
      'line 2, column 7',
      'line 4, column 37',
      'line 5, column 44',
      'line 7, column 25',
      'line 8, column 15',
      'line 9, column 10',
      'line 10, column 9',
    ],
  )
})

test('a problem in a condition on several lines is reported with its own line', () => {
  const [problem] = problemsOf(`name: a
when: |
  request.model == "a" &&
  request.nothing == "b"
action: block
`)
  assert.match(
    problem!,
    /^line 4, column 11: policy a: when: No such key: nothing; there are tenant.*, at "nothing == /,
  )
})

for (const [what, yaml, message] of [
  ['nothing to go by', 'action: block', /needs detectors, a condition \(when\), a limit/],
  ['a throttle without limit', 'direction: request\nwhen: "true"\naction: throttle', /needs a limit/],
  ['a limit without throttle', 'throttle: { requests: 1, perSeconds: 1 }\naction: block', /action: throttle/],
  [
    'a throttle on answers',
    'throttle: { requests: 1, perSeconds: 1 }\naction: throttle',
    /only requests can be throttled/,
  ],
  ['reversible blocks', 'detectors: [{ detector: pii }]\nreversible: true\naction: block', /action: redact/],
  [
    'calls of tools that are redacted',
    'detectors: [{ detector: tool-call, deny: [x] }]\naction: redact',
    /cannot be redacted/,
  ],
  [
    'a rule on tools that says nothing',
    'detectors: [{ detector: tool-call }]\naction: block',
    /needs allow, deny/,
  ],
  [
    'the system prompt in requests',
    'direction: request\ndetectors: [{ detector: system-prompt }]\naction: block',
    /looks at responses/,
  ],
  [
    'an unknown secret',
    'detectors: [{ detector: secrets, types: [github-tokn] }]\naction: block',
    /github-pat/,
  ],
] as const)
  test(`${what}: refused`, () => assert.match(problemsOf(`name: a\n${yaml}\n`).join('\n'), message))

test('a problem names policy, place and value, what was probably meant, and what there is', () => {
  const problems = problemsOf(`name: first
action: block
detectors:
  - { detector: pii, type: [EMAIL] }
---
name: second
acton: redact
direction: requests
scope: { model: ["gpt-*"] }
detectors:
  - { detector: ppi }
  - { detector: pii, types: [EMIAL] }
onUnscanned: blok
`)
  const expected: [start: string, contains: RegExp][] = [
    [
      'line 4, column 22: policy first: detectors.0: there is no field "type"',
      /did you mean "types"\?\); there are detector, types, threshold/,
    ],
    [
      'line 6, column 1: policy second: action: is missing',
      /one of allow, redact, throttle, block, quarantine/,
    ],
    [
      'line 7, column 1: policy second: there is no field "acton"',
      /did you mean "action"\?\); there are name, description/,
    ],
    [
      'line 8, column 12: policy second: direction: "requests" is not one of request, response',
      /did you mean "request"/,
    ],
    [
      'line 9, column 10: policy second: scope: there is no field "model"',
      /did you mean "models"\?\); there are tenants/,
    ],
    [
      'line 11, column 17: policy second: detectors.0.detector: "ppi" is not one of pii, secrets',
      /did you mean "pii"/,
    ],
    [
      'line 12, column 30: policy second: detectors.1.types.0: there is no type EMIAL',
      /did you mean "EMAIL"\?\); known are/,
    ],
    [
      'line 13, column 14: policy second: onUnscanned: "blok" is not one of allow, block',
      /did you mean "block"/,
    ],
  ]
  assert.equal(problems.length, expected.length, problems.join('\n'))
  for (const [index, [start, contains]] of expected.entries()) {
    assert.ok(problems[index]!.startsWith(start), problems[index])
    assert.match(problems[index]!, contains)
  }
})

test('an OWASP id has a year, and one without is of 2025', () => {
  const owaspOf = (ids: string) =>
    parsePolicies(`name: a\nwhen: "true"\naction: block\nowasp: [${ids}]\n`)[0]!.policy.owasp
  assert.deepEqual(owaspOf('LLM02, "LLM06:2026", ASI03'), ['LLM02:2025', 'LLM06:2026', 'ASI03'])
  for (const id of ['LLM11', 'LLM1', '"LLM01:2019"', 'ASI00', 'ASI11'])
    assert.throws(() => owaspOf(id), /is no OWASP id/)
})

test('what a policy does to streams is reported where it is applied', () => {
  const warnings = (rest: string) =>
    parsePolicies(`name: p\nmode: enforce\n${rest}`).flatMap(({ policy }) => warningsOf(policy))
  const looking = (detector: string) => `detectors: [{ detector: ${detector} }]\n`
  assert.match(
    warnings(`${looking('pii')}when: findings.size() > 3\naction: block`)[0]!,
    /until they are complete/,
  )
  assert.match(
    warnings(`${looking('pii')}when: toolCalls.size() > 3\naction: redact`)[0]!,
    /until they are complete/,
  )
  assert.match(warnings('when: toolCalls.size() > 3\naction: block')[0]!, /calls of tools/)
  assert.match(warnings(`${looking('injection')}action: block`)[0]!, /128 words/)
  assert.deepEqual(warnings(`${looking('injection')}direction: request\naction: block`), [])
  assert.deepEqual(warnings(`${looking('system-prompt')}action: block`), [])
  assert.deepEqual(warnings(`${looking('secrets')}action: block`), [])
})

test('a field that is unknown is reported with those that there are, at every place', () => {
  const places = {
    scope: 'scope: { tenant: [a] }',
    throttle: 'throttle: { requests: 5, perSecond: 60 }',
    mcp: 'mcp: { alow: [a] }',
    detector: 'detectors: [{ detector: pii, typs: [EMAIL] }]',
    'second stage': 'detectors: [{ detector: injection, secondStage: { suspician: 0.1 } }]',
    arguments: 'detectors: [{ detector: tool-call, arguments: [{ pth: $.a, matches: b }] }]',
  }
  for (const [place, yaml] of Object.entries(places))
    assert.ok(
      problemsOf(`name: a\n${yaml}\naction: block\n`).some((problem) =>
        /there is no field "\w+" \(did you mean "\w+"\?\); there are \w+/.test(problem),
      ),
      `${place}: ${problemsOf(`name: a\n${yaml}\naction: block\n`)}`,
    )
})
