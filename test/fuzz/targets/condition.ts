import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compileCondition } from '../../../libs/policy-engine/condition/compile-condition.ts'
import { ConditionError } from '../../../libs/policy-engine/condition/condition-error.ts'
import { conditionVariables } from '../../../libs/policy-engine/condition/facts.ts'
import { mutated } from '../mutated.ts'
import { defineTarget } from '../target.ts'

const { findings: _findings, toolCalls: _toolCalls, ...objects } = conditionVariables
const fields = Object.entries(objects).flatMap(([name, of]) =>
  Object.keys(of).map((field) => `${name}.${field}`),
)
const literal = fc.oneof(
  fc.constantFrom(
    'true',
    'false',
    'null',
    '0',
    '1',
    '-1',
    '1.5',
    '9007199254740993',
    '[]',
    '{}',
    'b"x"',
    '""',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => JSON.stringify(text)),
  fc.constantFrom('"(a+)+$"', '"[a-z]*"', '"\\\\d{1,1000}"', '"("'),
)
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(literal, fc.constantFrom(...fields, 'findings', 'toolCalls', 'f.type', 'direction', 'x')),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('==', '!=', '<', '>=', '&&', '||', '+', '-', '*', '/', '%', 'in'),
        tie('expression'),
      )
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('exists', 'all', 'filter', 'map', 'exists_one'),
        tie('expression'),
      )
      .map(([list, call, body]) => `${list}.${call}(f, ${body})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('matches', 'contains', 'startsWith', 'endsWith'),
        tie('expression'),
      )
      .map(([text, call, other]) => `${text}.${call}(${other})`),
    tie('expression').map((of) => `!${of}`),
    tie('expression').map((of) => `size(${of})`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map((of) => `${of[0]} ? ${of[1]} : ${of[2]}`),
    fc.tuple(tie('expression'), tie('expression')).map(([of, index]) => `${of}[${index}]`),
  ),
}))

const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('a'.repeat(20_000)))
const facts = fc.record({
  request: fc.record({
    ...Object.fromEntries(
      Object.entries(conditionVariables.request).map(([name, type]) => [
        name,
        type === 'string'
          ? text
          : type === 'int'
            ? fc.integer()
            : type === 'bool'
              ? fc.boolean()
              : fc.array(text, { maxLength: 5 }),
      ]),
    ),
  }),
  caller: fc.constant({ id: 'key:1', key: 'k', keyId: '1', credential: '', verified: [] }),
  session: fc.constant({ id: 's', named: true }),
  mcp: fc.record({
    server: text,
    tool: text,
    method: text,
    arguments: fc.jsonValue(),
    caller: text,
    isDrifted: fc.boolean(),
  }),
  findings: fc.array(
    fc.record({ detector: text, type: text, path: text, confidence: fc.double(), source: text }),
    { maxLength: 40 },
  ),
  toolCalls: fc.array(fc.record({ name: text, arguments: fc.jsonValue(), text }), { maxLength: 5 }),
})

export const condition = defineTarget({
  name: 'conditions: they hold, do not hold, or say why they cannot be evaluated; nothing else, and always the same',
  input: fc.tuple(
    mutated(expression, ['(', ')', '"', '.', '&&', 'f', '[', '?', ':', '\\', '0x', '1e9', '//']),
    facts,
  ),
  check([written, facts]) {
    const evaluate = () => {
      try {
        return compileCondition(written.toString()).holds(facts)
      } catch (error) {
        if (error instanceof ConditionError) return error.message
        throw error
      }
    }
    const before = JSON.stringify(facts)
    assert.equal(evaluate(), evaluate())
    assert.equal(JSON.stringify(facts), before, 'a condition changes nothing')
  },
})
