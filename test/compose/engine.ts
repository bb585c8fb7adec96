import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { poll } from '../../infra/local/poll.ts'

export type Output = { code: number; stdout: string; stderr: string }

/** A Docker engine of its own, beside any other: with its own socket, data and processes, and without the default bridge. */
export type Engine = {
  docker: (...args: string[]) => Promise<Output>
  /** docker-compose 1.29, with no settings of this shell. */
  compose: (...args: string[]) => Promise<Output>
  /** Where `docker build` gets what the base images are made of. */
  directory: string
  /** By the id that the engine knows it by. */
  killInside: (pid: number) => Promise<void>
  stop: () => Promise<void>
}

const execute = promisify(execFile)
const programs = ['dockerd', 'docker-compose', 'iptables', 'mmdebstrap']
const packages = ['docker.io', 'docker-compose', 'iptables', 'mmdebstrap']
const installLimitMs = 150_000
const startLimitMs = 30_000
const commandLimitMs = 300_000
/** With its processes and mounts in namespaces that end with this process, however it ends: nothing is left behind. */
const inOwnNamespaces = [
  ...['--pdeathsig', 'KILL', 'unshare'],
  ...['--mount', '--propagation', 'slave', '--pid', '--fork', '--kill-child', '--mount-proc'],
]
const neededBytes = 4 * 1024 ** 3

/**
 * Why no engine can run here; undefined when it may be tried. Installs Debian's packages where they are missing.
 */
export async function whyNoEngine(directory: string): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'an engine of its own needs Linux'
  if (process.getuid?.() !== 0) return 'an engine needs root'
  const disk = statfsSync(directory)
  if (disk.bavail * disk.bsize < neededBytes) return `less than 4 GiB are free in ${directory}`
  if (programs.every(isInstalled)) return undefined
  if (!isInstalled('apt-get'))
    return `${programs.filter((name) => !isInstalled(name))} and apt-get are missing`
  try {
    await installPackages()
  } catch (error) {
    return `Debian's packages of Docker cannot be installed: ${lastLine((error as Error).message)}`
  }
  const missing = programs.filter((name) => !isInstalled(name))
  return missing.length > 0 ? `${missing} cannot be installed` : undefined
}

/** @throws where the kernel lacks what an engine needs, with what dockerd said last. */
export async function startEngine(directory: string): Promise<Engine> {
  const restoreNetwork = await saveNetwork()
  const socket = `unix://${join(directory, 'docker.sock')}`
  const logPath = join(directory, 'dockerd.log')
  mkdirSync(join(directory, 'build'), { recursive: true })
  const log = openSync(logPath, 'a')
  const daemon = spawn(
    'setpriv',
    [...inOwnNamespaces, programPath('dockerd'), ...daemonArguments(directory, socket)],
    {
      stdio: ['ignore', log, log],
      env: { PATH: process.env.PATH, HOME: directory },
    },
  )
  // Debian's own client: another on the PATH may want what this engine is too old for.
  const env = {
    PATH: `/usr/bin:${process.env.PATH}`,
    HOME: directory,
    DOCKER_HOST: socket,
    DOCKER_BUILDKIT: '1',
    COMPOSE_HTTP_TIMEOUT: '120',
  }
  const engine: Engine = {
    docker: (...args) => output('docker', args, env),
    compose: (...args) => output('docker-compose', args, env),
    directory: join(directory, 'build'),
    async killInside(pid) {
      const inner = childOf(daemon)
      if (inner === undefined) throw new Error('dockerd does not run')
      await execute('nsenter', ['--target', String(inner), '--pid', '--mount', 'kill', '-KILL', String(pid)])
    },
    async stop() {
      await endProcess(daemon)
      await restoreNetwork()
    },
  }
  try {
    await poll(
      async () => {
        if (daemon.exitCode !== null)
          throw new Error(`dockerd ended: ${lastLine(readFileSync(logPath, 'utf8'))}`)
        return (await engine.docker('version')).code === 0 || undefined
      },
      {
        limitMs: startLimitMs,
        intervalMs: 200,
        late: () => `dockerd does not start: ${lastLine(readFileSync(logPath, 'utf8'))}`,
      },
    )
    const { stdout: driver } = await engine.docker('info', '--format', '{{.Driver}}')
    if (driver.trim() === 'vfs')
      throw new Error('the file system has no overlay mounts: each container would copy the image')
    return engine
  } catch (error) {
    await engine.stop()
    throw error
  }
}

export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}

function daemonArguments(directory: string, socket: string): string[] {
  return [
    ...['--host', socket],
    ...['--data-root', join(directory, 'data')],
    ...['--exec-root', join(directory, 'exec')],
    ...['--pidfile', join(directory, 'dockerd.pid')],
    ...['--bridge', 'none'],
    ...['--host-gateway-ip', '127.0.0.1'],
    ...['--max-concurrent-downloads', '1'],
  ]
}

function isInstalled(program: string): boolean {
  return programPath(program) !== ''
}

function programPath(program: string): string {
  const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/sbin', '/usr/local/bin']
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? ''
}

async function installPackages(): Promise<void> {
  const options = {
    timeout: installLimitMs,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 16 * 1024 ** 2,
  }
  await execute('apt-get', ['update', '-qq'], options)
  await execute('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options)
  // The package starts an engine where systemd runs. Nobody asked for that one.
  if (existsSync('/run/systemd/system'))
    await execute('systemctl', ['disable', '--now', 'docker.service', 'docker.socket']).catch(() => {})
}

/** dockerd leaves its rules and lets the machine forward packets; gives back what was before. */
async function saveNetwork(): Promise<() => Promise<void>> {
  const forwarding = '/proc/sys/net/ipv4/ip_forward'
  const forwarded = readFileSync(forwarding, 'utf8').trim()
  const { stdout: rules } = await execute(programPath('iptables-save'))
  return async () => {
    const restored = execute(programPath('iptables-restore'))
    restored.child.stdin?.end(unusedTables(rules) + rules)
    await restored
    await execute('sysctl', ['-qw', `net.ipv4.ip_forward=${forwarded}`])
  }
}

/** iptables-save leaves out a table that nothing has used yet: it is given back as it was then, empty. */
function unusedTables(rules: string): string {
  const chains = {
    filter: ['INPUT', 'FORWARD', 'OUTPUT'],
    nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  }
  return Object.entries(chains)
    .filter(([table]) => !rules.includes(`*${table}\n`))
    .map(([table, names]) =>
      [`*${table}`, ...names.map((name) => `:${name} ACCEPT`), 'COMMIT', ''].join('\n'),
    )
    .join('')
}

async function output(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<Output> {
  try {
    const options = {
      env,
      timeout: commandLimitMs,
      killSignal: 'SIGKILL',
      maxBuffer: 256 * 1024 ** 2,
    } as const
    return { code: 0, ...(await execute(program, args, options)) }
  } catch (error) {
    const { code, stdout = '', stderr = String(error) } = error as Partial<Output>
    return { code: typeof code === 'number' ? code : 1, stdout, stderr }
  }
}

/** dockerd itself; `unshare`, which started it, does not pass signals on. */
function childOf({ pid }: ChildProcess): number | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return children === '' ? undefined : Number(children.split(' ')[0])
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const inner = childOf(child)
  if (inner !== undefined) process.kill(inner, 'SIGTERM')
  const impatience = setTimeout(() => child.kill('SIGKILL'), 30_000)
  await ended
  clearTimeout(impatience)
}

/** What dockerd mounted may outlast it by a moment. */
export function removeEngine(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
}
