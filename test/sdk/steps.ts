import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const limitMs = 300_000

/** Runs a program to its end. `output` is what it said, on both of its outputs. */
export function attempt(
  file: string,
  args: string[],
  cwd?: string,
  env: NodeJS.ProcessEnv = process.env,
): { status: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: limitMs,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { status, output: error ? error.message : stdout + stderr }
}

/** Tells whether files are as they were when a step was last done. */
export function stampsIn(directory: string) {
  return (step: string, files: string[]): { isCurrent(): boolean; set(): void } => {
    const hash = createHash('sha256')
    for (const file of files) if (existsSync(file)) hash.update(`${file}\n`).update(readFileSync(file))
    const digest = hash.digest('hex')
    const path = join(directory, `${step}.done`)
    return {
      isCurrent: () => existsSync(path) && readFileSync(path, 'utf8') === digest,
      set: () => writeFileSync(path, digest),
    }
  }
}
