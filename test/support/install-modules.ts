import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/** Installs packages that AIRS-CP needs for a purpose alone, such as `infra/archive`, unless they are there. @throws when npm cannot. */
export function installModules(folder: string): void {
  const directory = join(root, folder)
  const digest = createHash('sha256')
    .update(readFileSync(join(directory, 'package-lock.json')))
    .digest('hex')
  const stamp = join(directory, 'node_modules', '.installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  console.log(`Installing the packages of ${folder} …`)
  const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], {
    cwd: directory,
    encoding: 'utf8',
    timeout: 100_000,
  })
  if (status !== 0) throw new Error(`npm ci failed in ${directory}: ${stderr}`)
  writeFileSync(stamp, digest)
}
