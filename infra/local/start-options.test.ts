import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const start = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'start.ts'), ...args], { encoding: 'utf8' })

test('npm start says what it takes, and starts nothing when it is asked or does not know an option', () => {
  const help = start('--help')
  assert.deepEqual([help.status, help.stderr], [0, ''])
  assert.match(help.stdout, /^Usage: npm start/)
  const unknown = start('--port', '80')
  assert.deepEqual([unknown.status, unknown.stdout], [1, ''])
  assert.match(unknown.stderr, /^Unknown option '--port'\. See npm start -- --help$/m)
})
