import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openQuery, QueryError, writeParquet } from '@airs-cp/archive'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airs-query-'))
})
after(() => rm(folder, { recursive: true }))

const at = '2026-11-27T10:00:00.000Z'
const request = (id: string, exchange: string) => ({
  ...{ id, type: 'airs.request-received.v1', time: at, tenant: 'default', session: 's', exchange },
  data: {
    provider: 'mock',
    agent: 'a',
    request: { model: 'm' },
    decision: { action: 'redact', findings: [{ type: 'EMAIL' }] },
  },
})
const response = (id: string, exchange: string) => ({
  ...{
    id,
    type: 'airs.response-completed.v1',
    time: '2026-11-27T10:00:01.000Z',
    tenant: 'default',
    exchange,
  },
  data: {
    ...{ provider: 'mock', status: 200, decision: { action: 'allow' }, cost: { usdMicros: 1_500_000 } },
    usage: { inputTokens: 3, outputTokens: 4 },
  },
})

async function write(name: string, events: object[]): Promise<string> {
  const file = join(folder, name)
  async function* lines() {
    for (const [leaf, event] of events.entries()) yield { line: Buffer.from(JSON.stringify(event)), leaf }
  }
  await writeParquet(file, lines())
  return file
}

async function ask(sql: string, archived: string[] = [], others: string[] = []) {
  await using query = await openQuery({ archived, others }, join(folder, 'scratch'))
  const { columns, rows } = await query.run(sql)
  return { columns, rows: await Array.fromAsync(rows) }
}

test('an exchange is one row of what its events say', async () => {
  const day = await write('day.parquet', [request('1', 'x'), response('2', 'x'), request('3', 'y')])
  const { rows } = await ask(
    'select exchange, state, session, decision, findings, status, input_tokens, cost_usd, requested_at, model from exchanges order by 1',
    [day],
  )
  assert.deepEqual(rows, [
    ['x', 'completed', 's', 'redact', ['EMAIL'], 200, 3, 1.5, '2026-11-27 10:00:00', 'm'],
    ['y', 'open', 's', 'redact', ['EMAIL'], null, null, null, '2026-11-27 10:00:00', 'm'],
  ])
})

test('an event that several files have is counted once', async () => {
  const day = await write('day.parquet', [request('1', 'x'), response('2', 'x')])
  const [one, two] = [
    await write('one.parquet', [response('2', 'x'), request('3', 'y')]),
    await write('two.parquet', [request('3', 'y'), request('4', 'z')]),
  ]
  const { rows } = await ask('select id from events order by id', [day], [one, two])
  assert.deepEqual(rows.flat(), ['1', '2', '3', '4'])
})

test('without any file there are no events', async () => {
  assert.deepEqual((await ask('select count(*) as n from events')).rows, [[0]])
})

test('a query reads these files and nothing else, and writes nothing', async () => {
  const day = await write('day.parquet', [request('1', 'x')])
  const secret = join(folder, 'secret.csv')
  await writeFile(secret, 'a,b\n1,2\n')
  for (const sql of [
    `select * from read_csv('${secret}')`,
    `select * from read_text('${secret}')`,
    `select * from '${secret}'`,
    `select * from glob('${folder}/*')`,
    "select * from read_parquet('https://example.com/a.parquet')",
    "select * from read_parquet('s3://bucket/a.parquet')",
    `copy events to '${join(folder, 'out.csv')}'`,
    `explain analyze copy events to '${join(folder, 'out.csv')}'`,
    'create table t as select 1',
    'drop view events',
    'install httpfs',
    'load httpfs',
    `attach '${join(folder, 'x.db')}' as x`,
    'set enable_external_access = true',
    'pragma enable_external_access',
    'select 1; select 2',
    'select $1',
    '',
    'selekt 1',
  ])
    await assert.rejects(ask(sql, [day]), QueryError, sql)
  assert.deepEqual((await ask('select count(*) from events', [day])).rows, [[1]])
})
