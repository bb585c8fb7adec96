import { join } from 'node:path'
import type { ProcessDefinition } from '../processes.ts'
import { dataDirectoryOf, logPath, makeDataDirectory, pidPath, repositoryRoot } from './data-directory.ts'
import { describeReport } from './describe-report.ts'
import { lockDataDirectory } from './lock.ts'
import { rotateLog } from './log-file.ts'
import { watchLogs } from './log-watch.ts'
import type { NatsServer } from './nats.ts'
import { makePlan, type Plan, urlsOf } from './plan.ts'
import type { PostgresServer } from './postgres.ts'
import { defaultProvider } from './provider.ts'
import { type Candidate, waitForReadiness } from './readiness.ts'
import { sayOnce } from './say-once.ts'
import { clientEnvironment, serviceEnvironment, setupEnvironment } from './service-environment.ts'
import { runSetup } from './setup.ts'
import { type Servers, startServers } from './stack-servers.ts'
import { stopInOrder } from './stop-in-order.ts'
import { Supervised, type SupervisorReport } from './supervised.ts'

export type StackOptions = {
  /** Default: `AIRS_DATA_DIR`, else `.airs` in the checkout. */
  dataDir?: string
  /** `configured` (default): those that users know, moved by `AIRS_<SERVICE>_PORT`; `free`: any. */
  ports?: 'configured' | 'free'
  /** The user's environment, passed on to every service. Default: ours. */
  env?: NodeJS.ProcessEnv
  /** Which services; default: all. */
  processes?: readonly ProcessDefinition[]
  /** Path of the one-shot that runs before the services. */
  setup?: string
  /** Gets the lines meant for a person. */
  say?: (line: string) => void
  /** Passes on every line that services log, and not only warnings and errors. */
  verbose?: boolean
  /** Ends a start that is under way. */
  signal?: AbortSignal
}

export type Stack = {
  dataDir: string
  /** Where a process answers, by its name. */
  urls: Readonly<Record<string, string>>
  /** Of the control APIs. */
  token: string
  provider: string
  /** What the CLI and the SDKs need to find this stack. */
  clientEnv: Readonly<Record<string, string>>
  /** With all rights. */
  databaseUrl: string
  /** With all rights. */
  natsUrl: string
  /** Absent when `DATABASE_URL` or `NATS_URL` says to use another. */
  postgres?: PostgresServer
  nats?: NatsServer
  /** A supervised process, `postgres` and `nats` included, by its name. */
  process: (name: string) => Supervised
  /** Waits until everything is ready, such as after a kill. */
  ready: () => Promise<void>
  /**
   * Stops everything, the ingress first, the servers last. Resolves when no process is left; the names are of
   * those that had to be killed.
   */
  stop: () => Promise<string[]>
  /** Kills everything at once. */
  destroy: () => void
}

/** A service that warns with every attempt is heard once in this time. */
const quietMs = 30_000

/**
 * Starts the whole stack as processes of this machine and resolves when all of it is ready.
 * @throws StartError with a sentence for the person who started it; what had been started is stopped again.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const env = options.env ?? process.env
  const dataDir = options.dataDir ?? dataDirectoryOf(env)
  makeDataDirectory(dataDir)
  const lock = lockDataDirectory(dataDir)
  const started: Supervised[] = []
  let isStarting = true
  let watch: { stop: () => void } | undefined
  const stop = async () => {
    try {
      return await stopInOrder(started)
    } finally {
      watch?.stop()
      lock.release()
    }
  }
  try {
    const plan = await makePlan(options, env, dataDir)
    watch = watchNewLogs(plan, options.verbose ?? false)
    const report = (report: SupervisorReport) => {
      // A start that fails for it says so itself.
      if (!isStarting || report.kind !== 'crash-loop') plan.say(describeReport(report))
    }
    const servers = await startServers(plan, started, report)
    await runSetup({
      entry: options.setup ?? join(repositoryRoot, 'infra', 'setup', 'main.ts'),
      cwd: repositoryRoot,
      env: setupEnvironment(plan, servers),
      logPath: logPath(dataDir, 'setup'),
      signal: options.signal,
    })
    const candidates = await startServices(plan, servers, started, report)
    await waitForReadiness(candidates, { signal: options.signal })
    isStarting = false
    const urls = urlsOf(plan)
    lock.announce(urls.console ?? Object.values(urls)[0] ?? dataDir)
    return {
      ...servers,
      dataDir,
      urls,
      token: plan.secrets.token,
      provider: defaultProvider(env),
      clientEnv: clientEnvironment(plan),
      process: (name) => findProcess(started, name),
      ready: async () => {
        await servers.postgres?.ready()
        await servers.nats?.ready()
        await waitForReadiness(candidates, { isPatient: true })
      },
      stop: onceOnly(stop),
      destroy: () => {
        for (const process of started) process.kill('SIGKILL')
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function watchNewLogs({ dataDir, definitions, say }: Plan, verbose: boolean): { stop: () => void } {
  const names = ['postgres', 'nats', ...definitions.map(({ name }) => name)]
  const paths = Object.fromEntries(names.map((name) => [name, logPath(dataDir, name)]))
  for (const path of [...Object.values(paths), logPath(dataDir, 'setup')]) rotateLog(path)
  if (verbose) return watchLogs(paths, () => true, say)
  return watchLogs(paths, ({ level }) => level === 'warning' || level === 'error', sayOnce(say, quietMs))
}

async function startServices(
  plan: Plan,
  servers: Servers,
  started: Supervised[],
  report: (report: SupervisorReport) => void,
): Promise<Candidate[]> {
  const urls = urlsOf(plan)
  const candidates: Candidate[] = []
  for (const definition of plan.definitions) {
    const { name, entry, nodeOptions = [] } = definition
    const supervised = new Supervised(
      {
        name,
        file: process.execPath,
        args: [...nodeOptions, join(repositoryRoot, entry)],
        env: serviceEnvironment(plan, servers, definition),
        cwd: repositoryRoot,
        stopSignal: 'SIGTERM',
        logPath: logPath(plan.dataDir, name),
        pidPath: pidPath(plan.dataDir, name),
        orphanedBy: 'ipc',
      },
      report,
    )
    started.push(supervised)
    candidates.push({ process: supervised, url: urls[name] })
    await supervised.start()
  }
  return candidates
}

function findProcess(started: readonly Supervised[], name: string): Supervised {
  const found = started.find(({ command }) => command.name === name)
  if (found) return found
  throw new Error(
    `No process is named ${name}; there are ${started.map(({ command }) => command.name).join(', ')}`,
  )
}

function onceOnly<Result>(task: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined
  return () => {
    result ??= task()
    return result
  }
}
