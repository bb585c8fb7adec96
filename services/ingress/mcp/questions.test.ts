import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventTypes } from '@airs-cp/events'
import { EpochReader, openJournal } from '@airs-cp/journal'
import type { RpcRequest } from '@airs-cp/mcp'
import { makeTemporaryDirectory } from '../../../test/support/temporary-directory.ts'
import type { Cover, Exchange } from '../exchange.ts'
import { createRecorder } from '../recording/recorder.ts'
import type { McpCall } from './call.ts'
import { nothingJudged } from './describe-call.ts'
import type { JudgedMessage } from './judge-message.ts'
import { createQuestions } from './questions.ts'

const cover = {
  ...{ query: undefined, keeps: 'held', words: undefined },
  ...{ request: () => undefined, forwarded: () => undefined, response: () => undefined },
} as unknown as Cover

test('each question of a server has one outcome, whatever ids the server gives them', async (t) => {
  const { path, remove } = makeTemporaryDirectory()
  t.after(remove)
  await using journal = await openJournal({ directory: path })
  const recorder = createRecorder({
    ...{ journal, mode: 'strict', source: '/airs/test', tenant: 'default', digestKey: 'k' },
    replicated: async () => {},
    coverOfUnjudged: () => cover,
  })
  const questions = createQuestions({ recorder })
  const exchange = { id: crypto.randomUUID(), session: 's', tenant: 'default', path: '/mcp/files', tags: [] }
  const call = {
    ...{ exchange: { ...exchange, sources: [] } as unknown as Exchange, state: undefined, cover },
    server: { name: 'files', provider: 'mcp:files' },
  } as unknown as McpCall
  const ask = (on: ReturnType<typeof questions.open>, id: number) =>
    on.ask(
      { kind: 'request', id, method: 'roots/list', params: {}, json: {} } as RpcRequest,
      { evaluation: { decision: nothingJudged } } as unknown as JudgedMessage,
      JSON.stringify({ jsonrpc: '2.0', id, method: 'roots/list' }),
    )
  const answer = (id: number) =>
    questions.answered(
      call,
      { kind: 'response', id, result: {}, error: undefined, json: {} },
      { decision: nothingJudged, blockedBy: undefined, written: '{}', forwarded: '{}' },
    )
  const [one, other] = [questions.open(call), questions.open(call)]
  // Twice on one stream, and at the same time on the stream of another call.
  await ask(one, 1)
  await ask(one, 1)
  await ask(other, 1)
  await one.close()
  assert.equal(await answer(1), true)
  assert.equal(await answer(1), false)
  await other.close()

  const types = new Map<string, string[]>()
  using reader = new EpochReader(path, journal.id!, (damage) => assert.fail(JSON.stringify(damage)))
  for (const { event } of reader.read({ sequence: journal.state().synced }, 1_000_000)) {
    const { type, exchange } = JSON.parse(event.toString())
    if (exchange !== undefined) types.set(exchange, [...(types.get(exchange) ?? []), type])
  }
  const { requestReceived: asked, responseAborted: aborted, responseCompleted: completed } = eventTypes
  assert.deepEqual(
    [...types.values()],
    [
      [asked, aborted],
      [asked, aborted],
      [asked, completed],
    ],
  )
})
