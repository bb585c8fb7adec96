import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const directory = import.meta.dirname
const installLimitMs = 300_000

/** Installs the clients of `package-lock.json` where that has changed. @throws when npm cannot. */
export function installJavaScriptClients(): void {
  const stamp = stampOf('package-lock.json', join(directory, 'node_modules'))
  if (stamp.isCurrent()) return
  console.log('Installing the JavaScript clients …')
  const { status, stderr } = run('npm', ['ci', '--loglevel=error'])
  if (status !== 0) throw new Error(`npm ci failed in ${directory}: ${stderr}`)
  stamp.set()
}

/** The interpreter that has the clients of `requirements.txt`, or why there is none. */
export function installPythonClients(): { path: string } | { missing: string } {
  const environment = join(directory, '.venv')
  const path = join(environment, 'bin', 'python')
  const stamp = stampOf('requirements.txt', environment)
  if (stamp.isCurrent()) return { path }
  if (run('python3', ['-c', 'import venv, ensurepip']).status !== 0)
    return { missing: 'there is no python3 with venv and ensurepip here' }
  console.log('Installing the Python clients …')
  rmSync(environment, { recursive: true, force: true })
  for (const [file, args] of [
    ['python3', ['-m', 'venv', environment]],
    [path, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', 'requirements.txt']],
  ] as const) {
    const { status, stderr } = run(file, args)
    if (status !== 0) return { missing: `${file} ${args.join(' ')}: ${stderr.trim().split('\n').at(-1)}` }
  }
  stamp.set()
  return { path }
}

function run(file: string, args: readonly string[]): { status: number | null; stderr: string } {
  const { status, stderr, error } = spawnSync(file, args, {
    cwd: directory,
    encoding: 'utf8',
    timeout: installLimitMs,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return { status, stderr: error ? error.message : stderr }
}

/** Tells whether what a file asks for is what was installed into a folder last. */
function stampOf(file: string, folder: string): { isCurrent(): boolean; set(): void } {
  const digest = createHash('sha256')
    .update(readFileSync(join(directory, file)))
    .digest('hex')
  const path = join(folder, '.installed')
  return {
    isCurrent: () => existsSync(path) && readFileSync(path, 'utf8') === digest,
    set: () => writeFileSync(path, digest),
  }
}
