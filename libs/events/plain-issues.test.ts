import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import './plain-issues.ts'

const cases: [schema: z.ZodType, value: unknown, message: string][] = [
  [z.string().min(1), '', 'is empty'],
  [z.string().min(3), 'a', 'must have at least 3 characters'],
  [z.string().max(3), 'abcd', 'must have at most 3 characters'],
  [z.string(), 5, 'must be a text'],
  [z.object({ a: z.string() }), {}, 'is missing'],
  [z.array(z.string()).min(1), [], 'is empty'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 entry'],
  [z.array(z.string()), 'a', 'must be a list'],
  [z.coerce.number(), 'abc', 'must be a number'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.number().min(1), 0, 'must be at least 1'],
  [z.number().positive(), 0, 'must be more than 0'],
  [z.number().max(10), 11, 'must be at most 10'],
  [z.boolean(), 'yes', 'must be true or false'],
  [z.enum(['on', 'off']), 'of', 'must be one of on, off'],
  [z.literal('on'), 'of', 'must be on'],
  [z.strictObject({}), { x: 1, y: 2 }, 'there are no fields "x", "y"'],
  [z.strictObject({}), { x: 1 }, 'there is no field "x"'],
  [z.uuid(), 'x', 'must be a UUID'],
  [z.union([z.string(), z.number()]), null, 'has no form that is known here'],
  [z.string().min(1, 'says it itself'), '', 'says it itself'],
]

test('what a schema finds wrong is said in plain words', () => {
  for (const [schema, value, message] of cases) {
    const result = schema.safeParse(value)
    assert.deepEqual(
      result.error?.issues.map((issue) => issue.message),
      [message],
    )
  }
})
