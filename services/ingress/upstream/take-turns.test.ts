import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTurns } from './take-turns.ts'

function createSource() {
  const said: string[] = []
  const source = {
    pause: () => said.push('pause'),
    resume: () => said.push('resume'),
    abort: () => said.push('abort'),
  }
  return { said, source }
}

test('a source is held up until what a chunk waits for has come, and for as long as anybody else needs', async () => {
  const { said, source } = createSource()
  const turns = createTurns()
  const other = turns.of(source)
  const room = Promise.withResolvers<void>()
  const take = turns.taking((chunk) => (chunk.length > 1 ? room.promise : undefined))
  take(Buffer.from('a'))
  assert.deepEqual(said, [])
  take(Buffer.from('two'))
  assert.deepEqual(said, ['pause'])
  other.pause()
  room.resolve()
  await room.promise
  await Promise.resolve()
  assert.deepEqual(said, ['pause'])
  other.resume()
  assert.deepEqual(said, ['pause', 'resume'])
})
