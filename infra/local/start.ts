import { environmentWarnings } from '../configuration/environment-warnings.ts'
import { buildConsole } from './build-console.ts'
import { greeting } from './greeting.ts'
import { loginLink } from './login-link.ts'
import { startStack } from './stack.ts'
import { StartError } from './start-error.ts'
import { readStartOptions, startHelp } from './start-options.ts'

/** npm passes Ctrl-C on although the terminal has already sent it to everyone: a second one this early is the same. */
const sameSignalMs = 1_000

// Everything that the services write is for this user alone.
process.umask(0o077)
// A terminal that was closed is no reason to die before everything is stopped.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

const stopping = new AbortController()
let stoppingSinceMs = 0
let force = () => process.exit(130)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (!stopping.signal.aborted) {
      stoppingSinceMs = Date.now()
      console.log('Stopping ...')
      stopping.abort(new StartError('Stopped before everything was running.'))
    } else if (Date.now() - stoppingSinceMs > sameSignalMs) force()
  })

try {
  const options = readStartOptions(process.argv.slice(2))
  if (options.help) {
    console.log(startHelp)
    process.exit(0)
  }
  for (const warning of environmentWarnings(process.env)) console.error(`Warning: ${warning}`)
  const stack = await startStack({
    say: (line) => console.error(line),
    verbose: options.verbose || process.env.AIRS_LOG === 'debug',
    signal: stopping.signal,
  })
  force = () => {
    stack.destroy()
    process.exit(130)
  }
  console.log(greeting(stack, process.env, await loginLink(stack)))
  const building = buildConsole((line) => console.error(line))
  if (!stopping.signal.aborted)
    await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve, { once: true }))
  building.stop()
  const killed = await stack.stop()
  console.log(
    killed.length === 0 ? 'Everything is stopped.' : `Stopped; had to be killed: ${killed.join(', ')}.`,
  )
  process.exit(0)
} catch (error) {
  if (stopping.signal.aborted) {
    console.log('Everything is stopped.')
    process.exit(0)
  }
  console.error(error instanceof StartError ? error.message : error)
  process.exit(1)
}
