import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../../infra/local/data-directory.ts'
import { freePort } from '../../infra/local/free-port.ts'
import { poll } from '../../infra/local/poll.ts'
import { processes } from '../../infra/processes.ts'
import type { Engine, Output } from './engine.ts'

export type Inspection = {
  Config: { User: string; Env: string[] }
  HostConfig: {
    CapDrop: string[]
    SecurityOpt: string[]
    Privileged: boolean
    ReadonlyRootfs: boolean
    Memory: number
  }
  RestartCount: number
  State: { Status: string; Pid: number; Health?: { Status: string }; OOMKilled: boolean }
}

/** docker-compose.yml as it is, on an engine, with the mock as provider and ports of its own. */
export type Deployment = {
  ingressUrl: string
  consoleUrl: string
  build: () => Promise<void>
  /** Resolves when all containers are healthy. */
  up: (limitMs: number) => Promise<void>
  down: () => Promise<void>
  /** `down`, with the volumes. */
  remove: () => Promise<void>
  healthy: (limitMs: number) => Promise<void>
  inspect: (service: string) => Promise<Inspection>
  execute: (service: string, ...command: string[]) => Promise<Output>
  /**
   * `kill -9` of all that the container runs, as an accident would: an engine restarts nothing that `docker kill` ended.
   * Resolves when it has been started again.
   */
  kill: (service: string) => Promise<void>
  memory: () => Promise<{ name: string; percent: number }[]>
  token: () => Promise<string>
}

export const containers: readonly string[] = [...processes.map(({ name }) => name), 'nats', 'postgres']

const project = 'airs-test'
const restartLimitMs = 90_000

export async function openDeployment({
  docker,
  compose,
  killInside,
  directory,
}: Engine): Promise<Deployment> {
  const [ingressPort, consolePort] = [await freePort(), await freePort()]
  // What a developer has in .env is not meant for this test.
  const settingsFile = join(directory, 'settings.env')
  writeFileSync(
    settingsFile,
    `AIRS_PROVIDER=mock\nAIRS_INGRESS_PORT=${ingressPort}\nAIRS_CONSOLE_PORT=${consolePort}\n`,
  )
  const place = [
    ...['--file', join(repositoryRoot, 'docker-compose.yml')],
    ...['--project-name', project, '--env-file', settingsFile],
  ]
  const onProject = async (...args: string[]) => mustSucceed(await compose(...place, ...args))
  const nameOf = (service: string) => (service === 'ingress' ? 'airs-cp-gateway' : `${project}_${service}_1`)
  const inspect = async (...services: string[]): Promise<Inspection[]> =>
    JSON.parse(mustSucceed(await docker('inspect', ...services.map(nameOf))))
  const inspectOne = async (service: string) => (await inspect(service))[0]!

  const deployment: Deployment = {
    ingressUrl: `http://127.0.0.1:${ingressPort}`,
    consoleUrl: `http://127.0.0.1:${consolePort}`,
    async build() {
      mustSucceed(await docker('build', '--network', 'host', '--tag', 'airs-cp', repositoryRoot))
    },
    async up(limitMs) {
      await onProject('up', '-d', '--no-build')
      await deployment.healthy(limitMs)
    },
    async down() {
      await onProject('down')
    },
    async remove() {
      await onProject('down', '--volumes', '--timeout', '5')
    },
    async healthy(limitMs) {
      let unhealthy: string[] = []
      await poll(
        async () => {
          const states = await inspect(...containers)
          unhealthy = containers.filter((_, index) => !isHealthy(states[index]!))
          return unhealthy.length === 0 || undefined
        },
        { limitMs, intervalMs: 1_000, late: () => `not healthy: ${unhealthy.join(', ')}` },
      )
    },
    inspect: inspectOne,
    execute: (service, ...command) => docker('exec', nameOf(service), ...command),
    async kill(service) {
      const { State, RestartCount } = await inspectOne(service)
      await killInside(State.Pid)
      await poll(
        async () => {
          const now = await inspectOne(service)
          return (now.RestartCount > RestartCount && now.State.Status === 'running') || undefined
        },
        {
          limitMs: restartLimitMs,
          intervalMs: 500,
          late: () => `${service} was killed and is not restarted`,
        },
      )
    },
    async memory() {
      const format = '{"name":"{{.Name}}","percent":"{{.MemPerc}}"}'
      const lines = mustSucceed(await docker('stats', '--no-stream', '--format', format))
        .trim()
        .split('\n')
      return lines.map((line) => {
        const { name, percent } = JSON.parse(line)
        return { name, percent: Number.parseFloat(percent) }
      })
    },
    async token() {
      return (await onProject('run', '--rm', '-T', 'secrets', 'cat', '/run/airs/deployment/all/token')).trim()
    },
  }
  return deployment
}

/** A worker listens nowhere, so it has no health check. */
function isHealthy({ State: { Status, Health } }: Inspection): boolean {
  return Status === 'running' && (Health === undefined || Health.Status === 'healthy')
}

function mustSucceed({ code, stdout, stderr }: Output): string {
  if (code !== 0) throw new Error(stderr.trim() || stdout.trim() || `exit code ${code}`)
  return stdout
}
