import { readFileSync } from 'node:fs'
import { closestName } from '@airs-cp/events'
import { logLevels } from '@airs-cp/runtime'
import { meanings } from './meanings.ts'

/** Read by the CLI, by the image, or by docker-compose, and by no process of the stack. */
const elsewhere = [
  'AIRS_URL',
  'AIRS_ENDPOINT',
  'AIRS_KEY',
  'AIRS_LOG_KEY',
  'AIRS_MCP_TOKEN',
  'AIRS_LOG',
  'AIRS_CONFIG_DIR',
  'AIRS_SECRETS_DIR',
  'AIRS_PUBLISH_HOST',
  'AIRS_CONSOLE_URL',
  'AIRS_CA_FILE',
  'AIRS_PROMETHEUS_PORT',
  'AIRS_GRAFANA_PORT',
  'AIRS_JAEGER_PORT',
  'AIRS_CONTROL_TLS_CERT_FILE',
  'AIRS_CONTROL_TLS_KEY_FILE',
  'AIRS_MEMORY_LIMIT',
  'AIRS_NATS_MEMORY_LIMIT',
  'AIRS_POSTGRES_MEMORY_LIMIT',
  'AIRS_INGRESSES',
  'AIRS_INGRESS_2_PORT',
]
const ofTests = /^AIRS_(?:TEST|CONFORMANCE|FIXTURE|SDK|API_TOOLS)/

/** What is written in the environment and has no effect, or another one than its writer may think; a sentence for each. */
export function environmentWarnings(env: NodeJS.ProcessEnv): string[] {
  const known = new Set([...Object.keys(meanings), ...elsewhere])
  const named = textOf(env.AIRS_PROVIDERS_FILE) + textOf(env.AIRS_MCP_FILE)
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('AIRS_') && !known.has(name) && !ofTests.test(name) && !named.includes(name),
  )
  const level = env.AIRS_LOG?.trim()
  return [
    ...unknown.map((name) => `${name} is set, and nothing reads it${suggestion(name, known) || '.'}`),
    ...(level && !logLevels.includes(level)
      ? [
          `AIRS_LOG is "${level}", which is not a level (there are ${logLevels.join(', ')}). It is info${suggestion(level, logLevels) || '.'}`,
        ]
      : []),
    ...Object.entries(env).flatMap(([name, value]) =>
      known.has(name) && value !== undefined && /^\s*(["']).*\1\s*$/s.test(value) && value.trim().length > 1
        ? [`${name} has quotes around its value. They are not part of it and are left out.`]
        : [],
    ),
  ]
}

function suggestion(written: string, names: Iterable<string>): string {
  const name = closestName(written, names)
  return name === undefined ? '' : `; did you mean ${name}?`
}

/** Of a file whose entries name the variables of their credentials. */
function textOf(file: string | undefined): string {
  try {
    return file ? readFileSync(file, 'utf8') : ''
  } catch {
    return ''
  }
}
