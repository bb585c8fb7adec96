import { randomUUID } from 'node:crypto'
import { resourceFromAttributes } from '@opentelemetry/resources'

const instance = randomUUID()

/** What all telemetry of this process says of it: `airs-<service>` unless OTEL_SERVICE_NAME says otherwise. */
export function resourceOf(service: string, env: NodeJS.ProcessEnv) {
  return resourceFromAttributes({
    ...readAttributes(env.OTEL_RESOURCE_ATTRIBUTES ?? ''),
    'service.name': env.OTEL_SERVICE_NAME || `airs-${service}`,
    'service.instance.id': instance,
  })
}

/** `key=value` pairs, separated by commas, values percent-encoded. */
function readAttributes(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair) => {
    const at = pair.indexOf('=')
    const name = pair.slice(0, Math.max(0, at)).trim()
    const value = pair.slice(at + 1).trim()
    if (name === '' || /\s/.test(name)) return []
    try {
      return [[name, decodeURIComponent(value)] as const]
    } catch {
      return [[name, value] as const]
    }
  })
  return Object.fromEntries(pairs)
}
