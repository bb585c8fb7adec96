import { processes } from '../processes.ts'

const limitMs = 4_000

/** Health check of a container: whether the process of that name answers `/readyz` with 200; says why where it does not. */
const [name] = process.argv.slice(2)
const port = processes.find((definition) => definition.name === name)?.port
if (!port) {
  console.error(`health: ${name} is no process that listens; give one of ${listening().join(', ')}`)
  process.exit(2)
}
try {
  const url = `http://127.0.0.1:${process.env[port.variable] || port.default}/readyz`
  const response = await fetch(url, { signal: AbortSignal.timeout(limitMs) })
  console.log(await response.text())
  process.exitCode = response.ok ? 0 : 1
} catch (error) {
  const { cause, message } = error as Error
  console.log(cause instanceof Error ? cause.message : message)
  process.exitCode = 1
}

function listening(): string[] {
  return processes.filter((definition) => definition.port).map((definition) => definition.name)
}
