import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeSent } from './describe-sent.ts'
import type { Sent } from './send-session.ts'

const sent = (status: number): Sent => ({
  exchange: 'e',
  session: 's',
  app: 'a',
  status,
  decision: 'allow',
  end: 'whole',
})

test('what was planned and not sent is in the summary, with its reason', () => {
  const lines = describeSent([sent(200), sent(403), sent(403)], { planned: 5, seconds: 1 }).split('\n')
  assert.equal(lines[0], 'Sent 3 of 5 exchanges in 1.0 s:')
  assert.match(lines.at(-1)!, /^ {2}2 not sent: .*gave up/)
})

test('the summary of a demo that sent everything has nothing that is left', () => {
  const text = describeSent([sent(200), sent(429)], { planned: 2, seconds: 1 })
  assert.match(text, /^Sent 2 exchanges in 1\.0 s:/)
  assert.doesNotMatch(text, /not sent/)
})
