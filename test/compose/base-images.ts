import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { repositoryRoot } from '../../infra/local/data-directory.ts'
import { findPostgresBinaries } from '../../infra/local/postgres-binaries.ts'
import type { Engine } from './engine.ts'

const execute = promisify(execFile)
const release = 'bookworm'
const packages = ['ca-certificates', 'libstdc++6', 'wget', 'gosu', 'nats-server', 'postgresql-client-15']
const limitMs = 200_000
const stands = { node: 'node:24-bookworm-slim', nats: 'nats:2-alpine', postgres: 'postgres:18' }
const certificates = '/etc/ssl/certs/ca-certificates.crt'
const unneeded = ['man', 'doc', 'locale', 'info'].flatMap((folder) => [
  '--dpkgopt',
  `path-exclude=/usr/share/${folder}/*`,
])

/**
 * Makes a root of Debian for the base images, which no registry is needed for; kept in .airs for the next run.
 * @throws where Debian's packages cannot be had.
 */
export async function makeDebianRoot(): Promise<string> {
  const folder = join(repositoryRoot, '.airs', 'test-compose')
  const path = join(folder, `${[release, ...packages].join('+')}.tar`)
  if (existsSync(path)) return path
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const options = ['--variant=essential', `--include=${packages}`, ...unneeded]
  await execute(
    'mmdebstrap',
    ['--quiet', ...options, release, `${path}.part.tar`, 'http://deb.debian.org/debian'],
    {
      timeout: limitMs,
      maxBuffer: 16 * 1024 ** 2,
    },
  )
  renameSync(`${path}.part.tar`, path)
  return path
}

/** Gives the engine an image under each name that Dockerfile and docker-compose.yml build on. For this test only. */
export async function makeBaseImages({ docker, directory }: Engine, root: string): Promise<void> {
  const must = async (...args: string[]) => {
    const { code, stderr } = await docker(...args)
    if (code !== 0) throw new Error(`docker ${args[0]} failed: ${stderr}`)
  }
  cpSync(join(import.meta.dirname, 'stand-ins'), directory, { recursive: true })
  cpSync(certificates, join(directory, 'certificates.crt'), { dereference: true })
  cpSync(realpathSync(process.execPath), join(directory, 'node'))
  cpSync(await findNpm(), join(directory, 'npm'), { recursive: true, verbatimSymlinks: true })
  const { folder } = findPostgresBinaries()
  cpSync(folder, join(directory, 'postgres'), { recursive: true, verbatimSymlinks: true })
  await must('import', root, 'airs-stand-in')
  for (const [name, tag] of Object.entries(stands))
    await must(
      'build',
      '--quiet',
      '--file',
      join(directory, `${name}.Dockerfile`),
      '--tag',
      tag,
      '--network',
      'none',
      directory,
    )
}

async function findNpm(): Promise<string> {
  const { stdout } = await execute('npm', ['root', '--global'])
  const folder = join(stdout.trim(), 'npm')
  if (existsSync(folder)) return folder
  const { stdout: path } = await execute('sh', ['-c', 'command -v npm'])
  return dirname(dirname(realpathSync(path.trim())))
}
