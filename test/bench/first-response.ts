import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { repositoryRoot } from '../../infra/local/data-directory.ts'
import { freePorts } from '../../infra/local/ports.ts'
import { processes } from '../../infra/processes.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const { values } = parseArgs({ options: { cold: { type: 'boolean', default: false } } })
const limitMs = 300_000

const directory = makeTemporaryDirectory()
const checkout = join(directory.path, 'airs-cp')
let running: ChildProcess | undefined

const abandon = async (code: number) => {
  await stop()
  directory.remove()
  process.exit(code)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void abandon(130))
const timer = setTimeout(() => {
  console.error(`No answer after ${limitMs / 1000} s`)
  void abandon(1)
}, limitMs)

try {
  const env = await environmentOfAStranger()
  const atMs = [performance.now()]
  const reached = () => void atMs.push(performance.now())

  await run('git', ['clone', '--quiet', repositoryRoot, checkout], env)
  reached()
  const greeted = start(env)
  while (!existsSync(join(checkout, 'node_modules', '.package-lock.json')))
    await Promise.race([sleep(20), greeted])
  reached()
  await greeted
  reached()
  await ask(env.AIRS_INGRESS_PORT!)
  reached()
  await stop()

  const seconds = (from: number, to: number) =>
    `${((atMs[to]! - atMs[from]!) / 1000).toFixed(2).padStart(7)} s`
  console.log(
    [
      `git clone      ${seconds(0, 1)}  from the local disk`,
      `npm ci         ${seconds(1, 2)}  npm's cache ${values.cold ? 'empty' : 'as it was: run twice for a warm one'}`,
      `start          ${seconds(2, 3)}  a new database, streams, ${processes.length} processes`,
      `first answer   ${seconds(3, 4)}`,
      `altogether     ${seconds(0, 4)}`,
    ].join('\n'),
  )
} finally {
  clearTimeout(timer)
  await stop()
  directory.remove()
}

/** Nothing of npm's, of this checkout or of AIRS-CP; ports that are free; the mock provider. */
async function environmentOfAStranger(): Promise<NodeJS.ProcessEnv> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|AIRS_|NODE_|INIT_CWD$|NATS_URL$|DATABASE_URL$)/.test(name),
  )
  const ports = await freePorts(processes)
  const path = process.env.PATH!.split(':').filter((folder) => !folder.includes('node_modules'))
  return {
    ...Object.fromEntries(inherited),
    ...Object.fromEntries(
      processes.flatMap(({ name, port }) => (port ? [[port.variable, String(ports[name])]] : [])),
    ),
    PATH: path.join(':'),
    AIRS_PROVIDER: 'mock',
    ...(values.cold && { npm_config_cache: join(directory.path, 'npm') }),
  }
}

async function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'inherit', 'inherit'] })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed with ${code}`)
}

/** Resolves when `npm start` says that it runs. @throws with what it said when it ends first. */
function start(env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn('npm', ['start'], {
    cwd: checkout,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  running = child
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('AIRS-CP is running')) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`npm start ended with ${code} before it ran`)))
  })
}

async function ask(port: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`The first request was answered with ${response.status}: ${text}`)
}

/** As Ctrl-C does: to npm and everything that it runs. */
async function stop(): Promise<void> {
  const child = running
  running = undefined
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  process.kill(-child.pid, 'SIGINT')
  await exited
}
