import { askReadiness } from '../ask-readiness.ts'
import { processes } from '../processes.ts'

const limitMs = 4_000

/** Health check of a container: whether the process of that name responds to `/readyz` with 200; says why where it does not. */
const [name] = process.argv.slice(2)
const port = processes.find((definition) => definition.name === name)?.port
if (!port) {
  console.error(`health: ${name} is no process that listens; give one of ${listening().join(', ')}`)
  process.exit(2)
}
try {
  const scheme = process.env.AIRS_TLS_CERT_FILE ? 'https' : 'http'
  const url = `${scheme}://127.0.0.1:${process.env[port.variable] || port.default}`
  const { status, body } = await askReadiness(url, limitMs)
  console.log(body)
  process.exitCode = status === 200 ? 0 : 1
} catch (error) {
  console.log((error as Error).message)
  process.exitCode = 1
}

function listening(): string[] {
  return processes.filter((definition) => definition.port).map((definition) => definition.name)
}
