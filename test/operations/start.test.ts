import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { commandLine } from '../../infra/local/command-line.ts'
import { freePort } from '../../infra/local/free-port.ts'
import { freePorts } from '../../infra/local/ports.ts'
import { processes } from '../../infra/processes.ts'
import { until } from '../support/control.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const entry = join(import.meta.dirname, '..', '..', 'infra', 'local', 'start.ts')

const hasCurl = spawnSync('curl', ['--version']).error === undefined

describe('npm start', () => {
  let directory: TemporaryDirectory
  let environment: NodeJS.ProcessEnv
  let first: Run

  before(async () => {
    directory = makeTemporaryDirectory()
    const ports = await freePorts(processes)
    const variables = processes.flatMap(({ name, port }) =>
      port ? [[port.variable, String(ports[name])]] : [],
    )
    environment = {
      ...process.env,
      ...Object.fromEntries(variables),
      AIRS_DATA_DIR: join(directory.path, 'data'),
      AIRS_PROVIDER: 'mock',
    }
    first = run(environment)
    await first.says('Ctrl-C stops everything.')
  })
  after(async () => {
    first.process.kill('SIGKILL')
    directory.remove()
  })

  test('prints a line to try that works as it stands', { skip: !hasCurl && 'curl is missing' }, async () => {
    const line = /^ {2}(curl .*)$/m.exec(first.output())?.[1]
    assert.ok(line)
    const curl = spawn('/bin/sh', ['-c', `${line} --silent --fail`], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [response] = await once(curl.stdout, 'data')
    assert.equal(JSON.parse(String(response)).choices[0].message.content, 'Hello')
  })

  test('says so when it is started a second time, and leaves the first alone', async () => {
    const second = run(environment)
    assert.equal(await second.exitCode, 1)
    assert.match(second.output(), new RegExp(`already running .*pid ${first.process.pid}, http://127.0.0.1:`))
    assert.equal(first.process.exitCode, null)
  })

  test('names every port that is taken, by whom, and what moves it', async () => {
    const second = run({ ...environment, AIRS_DATA_DIR: join(directory.path, 'other') })
    assert.equal(await second.exitCode, 1)
    for (const { port } of processes)
      if (port) assert.match(second.output(), new RegExp(`is taken .*or set ${port.variable} to another`))
  })

  test('a further ingress names who has its port, and says where it takes requests once it does', async () => {
    const program = join(dirname(entry), 'ingress.ts')
    const ofIngress = (args: string[], env: NodeJS.ProcessEnv = {}) =>
      run({ ...environment, ...env }, args, program)
    const help = ofIngress(['--help'])
    assert.equal(await help.exitCode, 0)
    assert.match(help.output(), /^Usage: /)
    const taken = ofIngress(['ingress-2'])
    assert.equal(await taken.exitCode, 1)
    assert.match(taken.output(), /is taken .*or set AIRS_INGRESS_PORT to another/)
    assert.doesNotMatch(taken.output(), /takes requests/)
    const port = String(await freePort())
    const second = ofIngress(['ingress-2'], { AIRS_INGRESS_PORT: port })
    await second.says('takes requests at')
    assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200)
    second.process.kill('SIGINT')
    assert.equal(await second.exitCode, 0)
  })

  test('stops everything on Ctrl-C, of which npm sends a second one', async () => {
    const pids = processIds(environment.AIRS_DATA_DIR!)
    assert.equal(pids.length, processes.length + 1)
    first.process.kill('SIGINT')
    first.process.kill('SIGINT')
    assert.equal(await first.exitCode, 0)
    assert.match(first.output(), /Everything is stopped\./)
    assert.deepEqual(pids.map(commandLine).filter(Boolean), [])
    assert.equal(existsSync(join(environment.AIRS_DATA_DIR!, 'postgres', 'data', 'postmaster.pid')), false)
  })

  test('stops what runs already when it is interrupted while it starts', async () => {
    const dataDir = join(directory.path, 'interrupted')
    const early = run({ ...environment, AIRS_DATA_DIR: dataDir })
    const natsPid = join(dataDir, 'nats', 'nats-server.pid')
    const pid = await until('nats-server', async () =>
      existsSync(natsPid) ? Number(readFileSync(natsPid, 'utf8')) || undefined : undefined,
    )
    early.process.kill('SIGINT')
    assert.equal(await early.exitCode, 0)
    assert.match(early.output(), /Stopping \.\.\.\n[\s\S]*Everything is stopped\./)
    assert.equal(commandLine(pid), undefined)
  })
})

type Run = {
  process: ChildProcess
  exitCode: Promise<number | null>
  output: () => string
  says: (text: string) => Promise<void>
}

function run(env: NodeJS.ProcessEnv, args: string[] = [], program = entry): Run {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
  const exitCode = new Promise<number | null>((resolve) => child.once('close', resolve))
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => output.includes(text) && resolve()
      child.stdout.on('data', check)
      check()
      void exitCode.then((code) => reject(new Error(`It exited with ${code}: ${output}`)))
    })
  return { process: child, exitCode, output: () => output, says }
}

/** Of the services and of nats-server. */
function processIds(dataDir: string): number[] {
  const services = readdirSync(join(dataDir, 'run')).map((name) => join(dataDir, 'run', name))
  return [...services, join(dataDir, 'nats', 'nats-server.pid')].map((path) =>
    Number(readFileSync(path, 'utf8')),
  )
}
