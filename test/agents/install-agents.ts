import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const directory = import.meta.dirname
const installLimitMs = 300_000

/** Installs the agents of `package-lock.json` where that has changed, and returns their commands. @throws when npm cannot. */
export function installAgents(): { claude: string; codex: string; gemini: string } {
  const modules = join(directory, 'node_modules')
  const stamp = join(modules, '.installed')
  const digest = createHash('sha256')
    .update(readFileSync(join(directory, 'package-lock.json')))
    .digest('hex')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest) {
    run('npm', ['ci', '--loglevel=error', '--ignore-scripts'])
    // What the package's own script would do: it puts the program of this platform in place.
    run(process.execPath, [join(modules, '@anthropic-ai/claude-code/install.cjs')])
    writeFileSync(stamp, digest)
  }
  const command = (name: string) => join(modules, '.bin', name)
  return { claude: command('claude'), codex: command('codex'), gemini: command('gemini') }
}

function run(file: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(file, args, {
    cwd: directory,
    encoding: 'utf8',
    timeout: installLimitMs,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(`${file} ${args[0]} failed in ${directory}: ${error?.message ?? stderr}`)
}
