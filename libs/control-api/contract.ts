import type { Endpoint } from './endpoint.ts'
import { alerts } from './resources/alerts.ts'
import { archive } from './resources/archive.ts'
import { audit } from './resources/audit.ts'
import { backtests } from './resources/backtests.ts'
import { caller } from './resources/caller.ts'
import { changes } from './resources/changes.ts'
import { conduct } from './resources/conduct.ts'
import { deadLetters } from './resources/dead-letters.ts'
import { erasures } from './resources/erasures.ts'
import { events } from './resources/events.ts'
import { exchanges } from './resources/exchanges.ts'
import { exports } from './resources/exports.ts'
import { health } from './resources/health.ts'
import { holds } from './resources/holds.ts'
import { imports } from './resources/imports.ts'
import { ingresses } from './resources/ingresses.ts'
import { keys } from './resources/keys.ts'
import { lineage } from './resources/lineage.ts'
import { log } from './resources/log.ts'
import { login } from './resources/login.ts'
import { mcp } from './resources/mcp.ts'
import { mode } from './resources/mode.ts'
import { overview } from './resources/overview.ts'
import { policies } from './resources/policies.ts'
import { quarantine } from './resources/quarantine.ts'
import { retention } from './resources/retention.ts'
import { services } from './resources/services.ts'
import { sessions } from './resources/sessions.ts'

/** The resources of each service. The console's origin has them all. */
export const contract = {
  policy: { policies, mode, keys, quarantine, mcp, backtests, conduct, alerts, caller },
  audit: { events, exchanges, audit, imports, log, erasures, retention, holds, overview, changes, ingresses },
  lineage: { sessions, lineage },
  export: { exports, archive },
  /** Of every service that has a database: `:service` is its name. */
  each: { deadLetters, services },
  console: { health, login },
} as const

type Values<Map> = Map[keyof Map]
type Merged<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? { [Route in keyof All]: All[Route] }
  : never

/** All endpoints by method and path. */
export type Contract = Merged<Values<{ [Name in keyof typeof contract]: Values<(typeof contract)[Name]> }>>

export type Service = Exclude<keyof typeof contract, 'each' | 'console'>

/** Every endpoint with the service that serves it. */
export function allEndpoints(): { route: string; endpoint: Endpoint; resource: string }[] {
  return Object.values(contract).flatMap((resources) =>
    Object.entries(resources).flatMap(([resource, endpoints]) =>
      Object.entries(endpoints as Record<string, Endpoint>).map(([route, endpoint]) => ({
        route,
        endpoint,
        resource,
      })),
    ),
  )
}

const servicesByResource = new Map<string, Service>(
  Object.entries(contract)
    .filter(([service]) => service !== 'each' && service !== 'console')
    .flatMap(([service, resources]) =>
      Object.values(resources)
        .flatMap((endpoints) => Object.keys(endpoints))
        .map((route) => [route.split('/')[2]!, service as Service] as const),
    ),
)

/** Resources of every service: the next segment of their path is its name. */
const ownResources = new Set(['dead-letters', 'services'])

/** The service behind `/v1/<resource>/…`. Dead letters are each service's own: `/v1/dead-letters/<service>/…`. */
export function serviceOf(resource: string, rest: string | undefined): Service | undefined {
  if (!ownResources.has(resource)) return servicesByResource.get(resource)
  return [...servicesByResource.values()].find((service) => service === rest)
}
