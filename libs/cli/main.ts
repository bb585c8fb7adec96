import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

const { env, stdin, stdout, stderr } = process
const home = homedir()
enableCompileCache(
  join(
    env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : join(home, '.cache'),
    'airs',
  ),
)

const { exitCodes } = await import('./exit-codes.ts')
const { runAirs } = await import('./run.ts')

stderr.on('error', () => {})
stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(exitCodes.readerGone)
  stderr.write(`airs: Standard output cannot be written: ${message}\n`)
  process.exit(exitCodes.failed)
})

process.exitCode = await runAirs(process.argv.slice(2), {
  env,
  cwd: process.cwd(),
  home,
  stdin,
  stdout,
  stderr,
})
