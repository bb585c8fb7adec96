import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { processes } from '../processes.ts'
import { addIngress } from './add-ingress.ts'
import { dataDirectoryOf, repositoryRoot } from './data-directory.ts'
import { StartError } from './start-error.ts'

/** Runs one more ingress beside the stack of `npm start`: `AIRS_INGRESS_PORT=8070 npm run ingress -- ingress-2`. */
const [name] = process.argv.slice(2)
try {
  if (!name || !process.env.AIRS_INGRESS_PORT)
    throw new StartError(
      'Give the ingress a name and a port of its own: AIRS_INGRESS_PORT=8070 npm run ingress -- ingress-2',
    )
  process.umask(0o077)
  const env = addIngress(name, { dataDir: dataDirectoryOf(process.env), env: process.env })
  const { entry, nodeOptions = [] } = processes.find(({ name }) => name === 'ingress')!
  const child = spawn(process.execPath, [...nodeOptions, join(repositoryRoot, entry)], {
    env,
    cwd: repositoryRoot,
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 1))
  console.log(
    `The ingress "${name}" takes requests on port ${process.env.AIRS_INGRESS_PORT}; Ctrl-C stops it.`,
  )
} catch (error) {
  console.error(error instanceof StartError ? error.message : error)
  process.exit(1)
}
