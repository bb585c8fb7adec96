import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { askReadiness } from '../ask-readiness.ts'
import { processes } from '../processes.ts'
import { addIngress } from './add-ingress.ts'
import { dataDirectoryOf, repositoryRoot } from './data-directory.ts'
import { urlsOf } from './plan.ts'
import { checkPorts, configuredPorts } from './ports.ts'
import { StartError } from './start-error.ts'

const help = `Usage: AIRS_INGRESS_PORT=8070 npm run ingress -- NAME

Runs one more ingress beside the stack of npm start until Ctrl-C, with a NATS user and a journal of its own. NAME is like ingress-2
or ingress-east. Start it each time with the same name, and with the providers that the first ingress has.
More: docs/deployment.md.`

/** Runs one more ingress beside the stack of `npm start`: `AIRS_INGRESS_PORT=8070 npm run ingress -- ingress-2`. */
const { env } = process
const [name] = process.argv.slice(2)
if (name === '--help' || name === '-h') {
  console.log(help)
  process.exit(0)
}
try {
  if (!name || !env.AIRS_INGRESS_PORT)
    throw new StartError(
      'Give the ingress a name and a port of its own: AIRS_INGRESS_PORT=8070 npm run ingress -- ingress-2',
    )
  process.umask(0o077)
  const definition = processes.find(({ name }) => name === 'ingress')!
  const host = env.AIRS_HOST || '127.0.0.1'
  const ports = configuredPorts([definition], env)
  await checkPorts(ports, [definition], host)
  const environment = addIngress(name, { dataDir: dataDirectoryOf(env), env })
  const { entry, nodeOptions = [] } = definition
  const child = spawn(process.execPath, [...nodeOptions, join(repositoryRoot, entry)], {
    env: environment,
    cwd: repositoryRoot,
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 1))
  const url = urlsOf({ ports, host, env }).ingress!
  while (!(await isReady(url))) await setTimeout(100)
  console.log(`The ingress "${name}" takes requests at ${url}; Ctrl-C stops it.`)
} catch (error) {
  console.error(error instanceof StartError ? error.message : error)
  process.exit(1)
}

async function isReady(url: string): Promise<boolean> {
  const response = await askReadiness(url, 5_000).catch(() => undefined)
  return response?.status === 200
}
