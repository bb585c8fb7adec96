import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTemporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { openToolPins } from './tool-pins.ts'

test('a tool is pinned whatever its name is', async (t) => {
  const { path, remove } = makeTemporaryDirectory()
  t.after(remove)
  const files = { mcpPinsFile: join(path, 'pins.json'), mcpDriftFile: join(path, 'drift.json') }
  const recorded: string[] = []
  const fact = async (type: string) => void recorded.push(type)
  const pins = await openToolPins(files, { fact }, () => undefined)
  const server = { name: 'files', pins: {} }
  const tools = ['constructor', 'toString', 'read'].map((name) => ({
    name,
    sha256: 'a',
    definition: { name },
  }))
  for (const exchange of ['1', '2']) await pins.note(server, tools, exchange)
  assert.deepEqual(recorded, ['airs.mcp-tools-pinned.v1'])
  for (const { name } of tools) assert.equal(pins.isDrifted(server, name), false, name)
})
