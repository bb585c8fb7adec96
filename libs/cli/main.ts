import { homedir } from 'node:os'
import { exitCodes } from './exit-codes.ts'
import { runAirs } from './run.ts'

const { env, stdin, stdout, stderr } = process

stderr.on('error', () => {})
stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(exitCodes.readerGone)
  stderr.write(`airs: Standard output cannot be written: ${message}\n`)
  process.exit(exitCodes.failed)
})

process.exitCode = await runAirs(process.argv.slice(2), {
  env,
  cwd: process.cwd(),
  home: homedir(),
  stdin,
  stdout,
  stderr,
})
