import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, test } from 'node:test'
import { readSettings } from './settings.ts'

const root = mkdtempSync(join(tmpdir(), 'airs-settings-'))
after(() => rmSync(root, { recursive: true }))

let home: string
let cwd: string
let dataDirectory: string
beforeEach(() => {
  const folder = mkdtempSync(join(root, 's-'))
  home = join(folder, 'home')
  cwd = join(folder, 'cwd')
  dataDirectory = join(folder, 'data')
})

function write(path: string, content: unknown): string {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

function read(flags: { url?: string; token?: string } = {}, env: NodeJS.ProcessEnv = {}) {
  return readSettings(flags, { env: { AIRS_DATA_DIR: dataDirectory, ...env }, home, cwd })
}

const configFile = () => join(home, '.config', 'airs', 'config.json')

describe('settings', () => {
  test('come from flags, then the environment, then the file, then the running stack', () => {
    assert.deepEqual(read().url, { value: 'http://localhost:8090', source: 'the default' })
    assert.equal(read().token, undefined)

    const tokenPath = write(join(dataDirectory, 'token'), 'of-stack\n')
    write(join(dataDirectory, 'running.json'), { pid: process.pid, address: 'http://127.0.0.1:9000' })
    assert.deepEqual(read().url, { value: 'http://127.0.0.1:9000', source: 'the running stack' })
    assert.deepEqual(read().token, { value: 'of-stack', source: tokenPath })

    const path = write(configFile(), { url: 'http://localhost:1', token: 'of-file' })
    assert.deepEqual(read().url, { value: 'http://localhost:1', source: path })
    assert.deepEqual(read().token, { value: 'of-file', source: path })

    const env = { AIRS_URL: 'http://localhost:2', AIRS_TOKEN: 'of-environment' }
    assert.deepEqual(read({}, env).url, { value: 'http://localhost:2', source: 'AIRS_URL' })
    assert.deepEqual(read({}, env).token, { value: 'of-environment', source: 'AIRS_TOKEN' })

    const flags = { url: 'http://localhost:3', token: 'of-flag' }
    assert.deepEqual(read(flags, env).url, { value: 'http://localhost:3', source: '--url' })
    assert.deepEqual(read(flags, env).token, { value: 'of-flag', source: '--token' })
  })

  test('never send the token of the stack to another machine', () => {
    write(join(dataDirectory, 'token'), 'of-stack')
    const { token, looked } = read({ url: 'https://airs.example' })
    assert.equal(token, undefined)
    assert.deepEqual(looked, ['--token', 'AIRS_TOKEN', configFile()])
  })

  test('never send the token of the file to an address that it is not for', () => {
    write(configFile(), { url: 'https://airs.example', token: 'of-file' })
    assert.equal(read().token?.value, 'of-file')
    assert.equal(read({ url: 'https://airs.example/path' }).token?.value, 'of-file')
    const { token, looked } = read({ url: 'https://other.example' })
    assert.equal(token, undefined)
    assert.match(looked[2]!, /its token is for https:\/\/airs\.example/)
  })

  test('take the token from the stack whose address is used', () => {
    write(join(dataDirectory, 'token'), 'of-checkout')
    write(join(cwd, '.airs', 'token'), 'of-folder')
    write(join(cwd, '.airs', 'running.json'), { pid: process.pid, address: 'http://127.0.0.1:9001' })
    assert.equal(read().url.value, 'http://127.0.0.1:9001')
    assert.equal(read().token?.value, 'of-folder')
    assert.equal(read({ url: 'http://localhost:1' }).token?.value, 'of-checkout')
  })

  test('pass over a stack that has died, and one that claims to be on another machine', () => {
    write(join(dataDirectory, 'running.json'), { pid: 2 ** 22 + 1, address: 'http://127.0.0.1:9000' })
    write(join(cwd, '.airs', 'running.json'), { pid: process.pid, address: 'http://evil.example' })
    assert.equal(read().url.source, 'the default')
  })

  test('say where a token was looked for, and why one was not read', () => {
    mkdirSync(join(dataDirectory, 'token'), { recursive: true })
    assert.deepEqual(read().looked, [
      '--token',
      'AIRS_TOKEN',
      configFile(),
      `${join(dataDirectory, 'token')} (cannot be read: EISDIR)`,
      join(cwd, '.airs', 'token'),
    ])
  })

  test('respect XDG_CONFIG_HOME where it is absolute', () => {
    write(join(cwd, 'airs', 'config.json'), { token: 'of-xdg' })
    assert.equal(read({}, { XDG_CONFIG_HOME: cwd }).token?.value, 'of-xdg')
    assert.equal(read({}, { XDG_CONFIG_HOME: 'relative' }).token, undefined)
  })

  test('that cannot be used are refused by name', () => {
    assert.throws(() => read({ url: 'localhost:8090' }), { name: 'ArgumentError' })
    for (const [content, message] of [
      ['{', /config\.json is not a JSON object/],
      ['[]', /is not a JSON object/],
      [{ token: 7 }, /has a "token" that is not a string/],
    ] as const) {
      write(configFile(), content)
      assert.throws(() => read(), { exitCode: 2, message })
    }
  })
})
