import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { repositoryRoot } from './data-directory.ts'

/**
 * Builds the pages of the console where they are missing or older than their sources, beside the running stack and behind it:
 * the first request does not wait for it.
 */
export function buildConsole(say: (line: string) => void): { stop: () => void } {
  const entry = join(repositoryRoot, 'services', 'console', 'web', 'build', 'main.ts')
  const child = spawn('nice', ['-n', '10', process.execPath, entry], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let problem = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    problem = (problem + text).slice(-2_000)
  })
  child.once('error', (error) => say(`The console could not be built: ${error.message}`))
  child.once('close', (code, signal) => {
    if (code !== 0 && signal === null)
      say(`The console could not be built, its page shows the state of the services:\n${problem.trim()}`)
  })
  return { stop: () => child.kill() }
}
