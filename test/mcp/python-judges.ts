import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findInterpreter } from '../sdk/python-environment.ts'

const directory = join(import.meta.dirname, 'python')
export const pythonMajors = ['1', '2'] as const

/** Where the interpreter is that has PyPI's `mcp` of a major. */
export const pythonOf = (major: string): string =>
  join(import.meta.dirname, `.python-${major}`, 'bin', 'python')

/** Installs both majors where that has not been done. Returns why it cannot be. */
export function installPythonJudges(): string | undefined {
  for (const major of pythonMajors) {
    const environment = join(import.meta.dirname, `.python-${major}`)
    const requirements = join(directory, `requirements-${major}.txt`)
    const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex')
    const stamp = join(environment, '.installed')
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) continue
    console.log(`Installing PyPI's mcp ${major} …`)
    rmSync(environment, { recursive: true, force: true })
    try {
      run(findInterpreter(), ['-m', 'venv', environment])
      run(pythonOf(major), [
        ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
        ...['-r', requirements],
      ])
    } catch (error) {
      return (error as Error).message
    }
    writeFileSync(stamp, digest)
  }
  return undefined
}

function run(file: string, args: string[]): void {
  const { status, stderr, error } = spawnSync(file, args, {
    encoding: 'utf8',
    timeout: 300_000,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0)
    throw new Error(`${file} ${args.join(' ')}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`)
}
