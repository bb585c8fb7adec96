import { copyFileSync, linkSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ComposeFile, readComposeFile } from '../../../infra/docker/compose-file.ts'
import { repositoryRoot } from '../../../infra/local/data-directory.ts'
import { poll } from '../../../infra/local/poll.ts'
import { processes } from '../../../infra/processes.ts'
import { chooseAddresses, portHere, rewriteAddresses } from './addresses.ts'
import { buildImage, type Image } from './build-image.ts'
import { type Container, createContainer, type Process } from './container.ts'
import { type ReplayServer, startDatabase, startNats } from './servers.ts'
import { makeVolumes, rewriteSecrets } from './volumes.ts'

export type Replay = {
  image: Image
  compose: ComposeFile
  /** Where a container answers, by its name. */
  urls: Readonly<Record<string, string>>
  volume: (name: string) => string
  container: (name: string) => Container
  /** Stops everything. Resolves with the exit code of each process. */
  stop: () => Promise<Record<string, number | null>>
}

const healthLimitMs = 400_000

/**
 * Stands in for an engine: builds the image by the Dockerfile's steps and starts what docker-compose.yml says, in its
 * order, with its commands, environment, volumes and health checks, as processes on 127.0.0.1. What it cannot show:
 * the base images, networks, capabilities, and that the root file system is read-only (though nothing in it belongs
 * to whom the services run as, when root runs the replay).
 * @param directory empty; on a path that every user may enter.
 * @param env stands for the user's environment and .env.
 */
export async function startReplay({
  source = repositoryRoot,
  directory,
  env,
}: {
  source?: string
  directory: string
  env: NodeJS.ProcessEnv
}): Promise<Replay> {
  const compose = readComposeFile(join(source, 'docker-compose.yml'), env)
  const image = buildImage({ source, directory: join(directory, 'image') })
  linkNode(join(image.root, 'usr/local/bin/node'))
  const volumes = join(directory, 'volumes')
  makeVolumes(volumes, compose, image)
  const addresses = await chooseAddresses()
  const rewrite = (text: string) => rewriteAddresses(addresses, text)
  const containers = new Map<string, Container>()
  const running = new Map<string, Process>()
  const servers: ReplayServer[] = []

  const stop = async () => {
    const codes: Record<string, number | null> = {}
    await Promise.all([...running].map(async ([name, process]) => (codes[name] = await process.stop())))
    for (const server of servers.toReversed()) await server.stop()
    return codes
  }

  const open = (name: string): Container => {
    const port = processes.find((definition) => definition.name === name)?.port
    const container = createContainer({
      name,
      service: compose.services[name]!,
      image,
      source,
      volumes,
      root: join(directory, 'containers', name),
      mapAddresses: rewrite,
      environment: port ? { [port.variable]: String(portHere(addresses, name)) } : {},
    })
    containers.set(name, container)
    return container
  }

  const start = async (name: string) => {
    const service = compose.services[name]!
    if (service.image.startsWith('nats:')) servers.push(await startNats(service, volumes, addresses))
    else if (service.image.startsWith('postgres:'))
      servers.push(await startDatabase(service, volumes, addresses))
    else running.set(name, open(name).start())
    if (!running.has(name)) await servers.at(-1)!.ready()
    else if (service.restart === 'no') await complete(name, running.get(name)!)
    if (name === 'secrets') rewriteSecrets(volumes, rewrite)
  }

  const complete = async (name: string, process: Process) => {
    const code = await process.exited
    running.delete(name)
    if (code !== 0) throw new Error(`${name} ended with ${code}:\n${readFileSync(process.logPath, 'utf8')}`)
  }

  try {
    for (const name of inOrder(compose)) await start(name)
    await Promise.all(
      [...running].map(([name, process]) => waitForHealth(containers.get(name)!, process, compose)),
    )
  } catch (error) {
    await stop()
    throw error
  }
  const listening = processes.filter(({ port }) => port)
  return {
    image,
    compose,
    urls: Object.fromEntries(
      listening.map(({ name }) => [name, `http://127.0.0.1:${portHere(addresses, name)}`]),
    ),
    volume: (name) => join(volumes, name),
    container: (name) => containers.get(name)!,
    stop,
  }
}

/** Services, each after those that it depends on; those of optional profiles are left out. */
function inOrder({ services }: ComposeFile): string[] {
  const ordered: string[] = []
  const add = (name: string) => {
    if (ordered.includes(name)) return
    for (const other of Object.keys(services[name]!.depends_on)) add(other)
    ordered.push(name)
  }
  for (const [name, { profiles }] of Object.entries(services)) if (profiles.length === 0) add(name)
  return ordered
}

/** Runs compose's health check, as an engine would, until it succeeds. */
async function waitForHealth(
  container: Container,
  process: Process,
  { services }: ComposeFile,
): Promise<void> {
  const [kind, ...command] = services[container.name]?.healthcheck?.test ?? []
  let said = 'has no health check'
  await poll(
    async () => {
      if (!process.isRunning())
        throw new Error(`${container.name} died:\n${readFileSync(process.logPath, 'utf8')}`)
      if (kind === undefined) return true
      const { code, stdout, stderr } = await container.exec(command)
      said = stdout + stderr
      return code === 0 || undefined
    },
    { limitMs: healthLimitMs, intervalMs: 250, late: () => `${container.name} is not healthy: ${said}` },
  )
}

/** Our own Node, where the user of the image can reach it. */
function linkNode(path: string): void {
  mkdirSync(join(path, '..'), { recursive: true })
  try {
    linkSync(process.execPath, path)
  } catch {
    copyFileSync(process.execPath, path)
  }
}
