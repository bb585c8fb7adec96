import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, symlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type ComposeService, mountsOf } from '../../../infra/docker/compose-file.ts'
import type { Image } from './build-image.ts'

/** One of compose's containers as a process of this machine. */
export type Container = {
  name: string
  /** Runs a command in it as `docker exec` does: with the image's and compose's environment, past the entrypoint. */
  exec: (command: readonly string[]) => Promise<{ code: number; stdout: string; stderr: string }>
  /** Starts its command through the entrypoint. A service stops by itself when this process dies. */
  start: () => Process
}

export type Process = {
  logPath: string
  isRunning: () => boolean
  /** Resolves with its exit code; null when a signal ended it. */
  exited: Promise<number | null>
  stop: () => Promise<number | null>
}

export type ContainerOptions = {
  name: string
  service: ComposeService
  image: Image
  /** The folder that the compose file is in. */
  source: string
  /** Holds one folder per volume. */
  volumes: string
  /** Stands for the root of this container's files. */
  root: string
  /** Rewrites the addresses of other containers to where they are here. */
  mapAddresses: (text: string) => string
  /** Set beside, such as the port it listens on here. */
  environment: Record<string, string>
}

const isRoot = process.getuid?.() === 0
const graceMs = 30_000

export function createContainer(options: ContainerOptions): Container {
  const { name, service, image, root } = options
  const mounts = linkMounts(options)
  const mapPath = (text: string) => {
    if (!text.startsWith('/')) return text
    if (mounts.some((target) => isAtOrBelow(text, target) || isAtOrBelow(target, text))) return root + text
    return ['/app', '/usr/local/bin'].some((folder) => isAtOrBelow(text, folder)) ? image.root + text : text
  }
  const map = (text: string) => options.mapAddresses(mapPath(text))
  const env = {
    PATH: `${image.root}/usr/local/bin:${process.env.PATH}`,
    ...mapValues({ ...image.environment, ...present(service.environment) }, map),
    AIRS_SECRETS_DIR: `${root}/run/airs/secrets`,
    ...options.environment,
  }
  const [uid, gid] = service.user?.split(':').map(Number) ?? [image.user.uid, image.user.gid]
  const as = {
    cwd: join(image.root, image.workingDirectory),
    env,
    ...(isRoot && { uid: uid!, gid: gid! }),
  }
  return {
    name,
    async exec(command) {
      const [file, ...args] = command.map(map)
      try {
        return {
          code: 0,
          ...(await promisify(execFile)(file!, args, { ...as, maxBuffer: 64 * 1024 * 1024 })),
        }
      } catch (error) {
        const { code, stdout, stderr } = error as Error & { code?: number; stdout: string; stderr: string }
        if (typeof code !== 'number') throw error
        return { code, stdout, stderr }
      }
    },
    start() {
      const logPath = `${root}.log`
      const log = openSync(logPath, 'a')
      const [file, ...args] = [...image.entrypoint, ...service.command].map(map)
      const child = spawn(file!, args, { ...as, stdio: ['ignore', log, log, 'ipc'] })
      closeSync(log)
      const exited = once(child, 'exit').then(([code]) => code as number | null)
      return {
        logPath,
        isRunning: () => child.exitCode === null && child.signalCode === null,
        exited,
        async stop() {
          child.kill('SIGTERM')
          const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
          const code = await exited
          clearTimeout(timer)
          return code
        },
      }
    },
  }
}

/** Links each volume and folder to where the container has it. Returns those places. */
function linkMounts({ service, source, volumes, root }: ContainerOptions): string[] {
  return mountsOf(service).map((mount) => {
    const { target } = mount
    mkdirSync(join(root, dirname(target)), { recursive: true })
    symlinkSync(
      mount.kind === 'volume' ? join(volumes, mount.source) : resolve(source, mount.source),
      join(root, target),
    )
    return target
  })
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

function present(values: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null),
  )
}

function mapValues(values: Record<string, string>, map: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]))
}
