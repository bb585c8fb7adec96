import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTable } from './table.ts'

test('a table lines up its columns, colours left out of account', () => {
  const rows = [
    ['name', 'state'],
    ['\u001b[32mok\u001b[39m', 'ready'],
    ['ingress', ''],
  ]
  assert.equal(formatTable(rows), 'name     state\n\u001b[32mok\u001b[39m       ready\ningress')
})
