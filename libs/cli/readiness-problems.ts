import type { Readiness, ServiceReadiness } from '@airs-cp/client'

export function notReadyServices({ services }: Readiness): string[] {
  return Object.entries(services)
    .filter(([, service]) => !service.ready)
    .map(([name]) => name)
}

/** Each check that fails, with its reason. */
export function failedChecks({ checks }: ServiceReadiness): string[] {
  return Object.entries(checks ?? {})
    .filter(([, check]) => !check.ready)
    .map(([name, { reason }]) => `${name}: ${reason ?? 'not ready'}`)
}
