import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { withLiterals } from './with-literals.ts'

test('values are written out so that none of them can end a literal', () => {
  const query = sql`select * from events where session = ${"'; drop table events; --"} and tag = any(${['a\\', "b'"]}::text[])
    and position <= ${-12} and note is ${null}`
  assert.equal(
    withLiterals(query),
    `select * from events where session = '''; drop table events; --' and tag = any(array[ E'a\\\\', 'b''']::text[])
    and position <= -12 and note is null`,
  )
})

test('a value that has no literal is refused', () => {
  assert.throws(() => withLiterals(sql`select ${{ a: 1 }}`), /no literal for a value of type object/)
  assert.throws(() => withLiterals(sql`select ${Number.NaN}`), /no literal/)
})
