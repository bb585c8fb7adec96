import type { ProcessDefinition } from '../processes.ts'

/** NATS permissions of one user, in nats-server's own words. */
export type NatsPermissions = {
  publish?: string | { allow?: string[]; deny?: string[] }
  subscribe?: string | { allow?: string[]; deny?: string[] }
}

/** By user. A user that is not listed may do everything within the one account. */
export const natsPermissions: Readonly<Record<string, NatsPermissions>> = {}

/** The NATS user of a process. */
export function natsUser({ name }: ProcessDefinition): string {
  return `airs-${name}`
}
