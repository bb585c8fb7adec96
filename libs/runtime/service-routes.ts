import { contract, type Service } from '@airs-cp/control-api'
import type { SettingInForce } from '@airs-cp/events'
import type { Api } from './api.ts'
import { otherService } from './api-error.ts'

/** What is shown of a running projection; see `runProjection` of the bus. */
type ObservedProjection = {
  stats(): { connected: boolean; pending: number; lagMs: number; applied: number; deadLetters: number }
}

export function describeProjections(projections: Record<string, ObservedProjection>) {
  return Object.entries(projections).map(([projection, running]) => {
    const { connected, pending, lagMs, applied, deadLetters } = running.stats()
    return { projection, connected, pending, lagMs: pending > 0 ? lagMs : 0, applied, deadLetters }
  })
}

/** `/v1/services/<service>`: how far its projections are, and its configuration without secrets. */
export function addServiceRoutes(
  api: Api,
  service: Service,
  { projections, settings }: { projections: Record<string, ObservedProjection>; settings: SettingInForce[] },
): void {
  const startedAt = new Date()
  api.implement(contract.each.services, {
    'GET /v1/services/:service': async ({ params }) => {
      if (params.service !== service) throw otherService(service, params.service)
      return { service, startedAt, projections: describeProjections(projections), settings }
    },
  })
}
