import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columnNames, differences, rowOf } from './columns.ts'
import { DuckDbMissingError, loadDuckDb } from './duckdb.ts'

test('an event that says little has nulls', () => {
  const row = rowOf('{"id":"a"}', null)
  assert.deepEqual(Object.keys(row), columnNames)
  assert.deepEqual(
    columnNames.filter((name) => row[name] !== null),
    ['id', 'erased', 'event'],
  )
  assert.equal(row.erased, false)
})

test('rows that differ name the columns', () => {
  const line = '{"id":"a","data":{"agent":"one","tags":["x","y"]}}'
  const row = rowOf(line, 7)
  assert.deepEqual(differences(row, rowOf(line, 7)), [])
  assert.deepEqual(differences({ ...row, agent: 'two', tags: ['y', 'x'] }, row), ['agent', 'tags'])
})

test('where DuckDB is not installed, the error names the command that installs it', () => {
  assert.throws(
    () => loadDuckDb('/nowhere'),
    (error: Error) =>
      error instanceof DuckDbMissingError &&
      /npm ci --ignore-scripts --prefix \/nowhere$/.test(error.message),
  )
})
