import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atOnce } from '@airs-cp/events'
import { createToolCallRule } from './tool-call-rule.ts'

test('a number is matched by its digits however long it is, and one that nobody here can hold is a finding', () => {
  const { judgeArguments } = createToolCallRule({
    detector: 'tool-call',
    on: ['called'],
    arguments: [{ path: '$.amount', matches: '^[0-9]{5,}$' }],
  })
  const judge = (amount: string) => atOnce(judgeArguments(`{"amount":${amount}}`))
  for (const amount of ['10000', '1e21', '1000000000000000000000', '9e70', '1e400', '9'.repeat(400)])
    assert.equal(judge(amount), 'TOOL_ARGUMENTS', amount)
  for (const amount of ['9999', '-1e21', '1.5', '"x"']) assert.equal(judge(amount), undefined, amount)
})
