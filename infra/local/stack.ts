import { join } from 'node:path'
import { dataDirectoryOf, logPath, makeDataDirectory, pidPath, repositoryRoot } from './data-directory.ts'
import { lockDataDirectory } from './lock.ts'
import { rotateLog } from './log-file.ts'
import { sayOnce, watchLogs } from './log-watch.ts'
import type { NatsServer } from './nats.ts'
import { makePlan, type Plan, urlsOf } from './plan.ts'
import type { PostgresServer } from './postgres.ts'
import { ProcessGroup } from './process-group.ts'
import { defaultProvider } from './provider.ts'
import { type Candidate, waitForReadiness } from './readiness.ts'
import { clientEnvironment, serviceEnvironment, setupEnvironment } from './service-environment.ts'
import { runSetup } from './setup.ts'
import type { StackOptions } from './stack-options.ts'
import { type Servers, startServers } from './stack-servers.ts'
import { type Command, describeReport, Supervised, type SupervisorReport } from './supervised.ts'

export type Stack = {
  dataDir: string
  /** Where a process responds, by its name. */
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
  await using stack = new AsyncDisposableStack()
  const lock = stack.adopt(lockDataDirectory(dataDir), (lock) => lock.release())
  const plan = await makePlan(options, env, dataDir)
  stack.adopt(watchNewLogs(plan, options.verbose ?? false), (watch) => watch.stop())
  // Stopped in reverse order: the ingress drains while everything that it ships to is still there. 25 s altogether. Services wait 5 s for requests
  // that are under way (`listen`), and have to close the rest after that.
  const groups = {
    servers: stack.use(new ProcessGroup(6_000)),
    services: stack.use(new ProcessGroup(8_000)),
    ingress: stack.use(new ProcessGroup(11_000)),
  }
  const allGroups = Object.values(groups)
  let isStarting = true
  const report = (report: SupervisorReport) => {
    // A start that fails because of it throws the same.
    if (!isStarting || report.kind !== 'crash-loop') plan.say(describeReport(report))
  }
  const servers = await startServers(plan, groups.servers, report)
  await setUp(options.setup ?? join(repositoryRoot, 'infra', 'setup', 'main.ts'), plan, servers)
  const candidates: Candidate[] = []
  for (const launch of launchesOf(plan, servers, options.together)) {
    const group = launch.members.includes('ingress') ? groups.ingress : groups.services
    const process = group.add(new Supervised(commandOf(launch, plan), report))
    candidates.push(...launch.members.map((name) => ({ name, process, url: urlsOf(plan)[name] })))
    await process.start()
  }
  await waitForReadiness(candidates, { signal: options.signal })
  isStarting = false
  const urls = urlsOf(plan)
  lock.announce(urls.console ?? Object.values(urls)[0] ?? dataDir)
  const running = stack.move()
  return {
    ...servers,
    dataDir,
    urls,
    token: plan.secrets.token,
    provider: defaultProvider(env),
    clientEnv: clientEnvironment(plan),
    process: (name) => findProcess(allGroups, name),
    ready: async () => {
      await servers.postgres?.ready()
      await servers.nats?.ready()
      await waitForReadiness(candidates, { isPatient: true })
    },
    stop: onceOnly(async () => {
      await running.disposeAsync()
      return allGroups.flatMap(({ killed }) => killed)
    }),
    destroy: () => {
      for (const { processes } of allGroups) for (const process of processes) process.kill('SIGKILL')
    },
  }
}

function watchNewLogs({ dataDir, definitions, say }: Plan, verbose: boolean): { stop: () => void } {
  const names = ['postgres', 'nats', 'services', ...definitions.map(({ name }) => name)]
  const paths = Object.fromEntries(names.map((name) => [name, logPath(dataDir, name)]))
  for (const path of [...Object.values(paths), logPath(dataDir, 'setup')]) rotateLog(path)
  if (verbose) return watchLogs(paths, () => true, say)
  return watchLogs(paths, ({ level }) => level === 'warning' || level === 'error', sayOnce(say, quietMs))
}

async function setUp(setup: NonNullable<StackOptions['setup']>, plan: Plan, servers: Servers): Promise<void> {
  const env = setupEnvironment(plan, servers)
  if (typeof setup === 'function') await setup(env)
  else {
    const path = logPath(plan.dataDir, 'setup')
    await runSetup({ entry: setup, cwd: repositoryRoot, env, logPath: path, signal: plan.signal })
  }
}

/** One process to start, and the services that run in it. */
type Launch = {
  name: string
  entry: string
  nodeOptions: readonly string[]
  env: NodeJS.ProcessEnv
  members: readonly string[]
}

function launchesOf(plan: Plan, servers: Servers, together: StackOptions['together']): Launch[] {
  const isApart = (name: string) => together === undefined || together.apart.includes(name)
  const launches: Launch[] = plan.definitions
    .filter(({ name }) => isApart(name))
    .map((definition) => ({
      name: definition.name,
      entry: join(repositoryRoot, definition.entry),
      nodeOptions: definition.nodeOptions ?? [],
      env: serviceEnvironment(plan, servers, definition),
      members: [definition.name],
    }))
  const joined = plan.definitions.filter(({ name }) => !isApart(name))
  if (together === undefined || joined.length === 0) return launches
  const environments = joined.map((definition) => serviceEnvironment(plan, servers, definition))
  const [first = {}] = environments
  const isShared = ([name, value]: [string, string | undefined]) =>
    environments.every((environment) => environment[name] === value)
  const own = joined.map(({ name }, index) => [
    name,
    Object.fromEntries(Object.entries(environments[index]!).filter((variable) => !isShared(variable))),
  ])
  const env = {
    ...Object.fromEntries(Object.entries(first).filter(isShared)),
    TOGETHER: JSON.stringify(Object.fromEntries(own)),
  }
  const members = joined.map(({ name }) => name)
  return [{ name: 'services', entry: together.entry, nodeOptions: [], env, members }, ...launches]
}

function commandOf({ name, entry, nodeOptions, env }: Launch, { dataDir }: Plan): Command {
  return {
    name,
    file: process.execPath,
    args: [...nodeOptions, entry],
    env,
    cwd: repositoryRoot,
    stopSignal: 'SIGTERM',
    logPath: logPath(dataDir, name),
    pidPath: pidPath(dataDir, name),
    orphanedBy: 'ipc',
  }
}

function findProcess(groups: readonly ProcessGroup[], name: string): Supervised {
  const processes = groups.flatMap(({ processes }) => processes)
  const found = processes.find(({ command }) => command.name === name)
  if (found) return found
  throw new Error(
    `No process is named ${name}; there are ${processes.map(({ command }) => command.name).join(', ')}`,
  )
}

function onceOnly<Result>(task: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined
  return () => {
    result ??= task()
    return result
  }
}
