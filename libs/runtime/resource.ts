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
    const [, name, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? []
    if (name === undefined || value === undefined) return []
    try {
      return [[name, decodeURIComponent(value)] as const]
    } catch {
      return [[name, value] as const]
    }
  })
  return Object.fromEntries(pairs)
}
