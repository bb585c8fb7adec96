import { type EventType, eventTypes } from './types.ts'

/** Number of partitions of the traffic stream. Changing it reorders sessions that are in flight; see docs/decisions. */
export const partitionCount = 16

/** One session's events share a partition and so stay in order, however many consumers share the work. */
export function partitionOf(session: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < session.length; i++) hash = Math.imul(hash ^ session.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % partitionCount
}

/** `airs.request-received.v1` → `request-received`, the last token of a subject. */
const tokenOf = new Map<EventType, string>(
  Object.values(eventTypes).map((type) => [type, type.slice('airs.'.length, type.lastIndexOf('.'))]),
)

/** Subject of an event about an exchange: `airs.traffic.<tenant>.<partition>.<event>`. */
export function trafficSubject(tenant: string, session: string, type: EventType): string {
  return `airs.traffic.${tenant}.${partitionOf(session)}.${tokenOf.get(type)}`
}

/** Subject of an event about the control plane: `airs.control.<tenant>.<event>`. */
export function controlSubject(tenant: string, type: EventType): string {
  return `airs.control.${tenant}.${tokenOf.get(type)}`
}

/** Subject of an event of another instance: `airs.imported.<tenant>.<partition>.<event>`. */
export function importedSubject(tenant: string, session: string | undefined, type: EventType): string {
  return `airs.imported.${tenant}.${partitionOf(session ?? '')}.${tokenOf.get(type)}`
}

/** On which ingresses report to each other what keys use (`KeyUsageReport`). No stream keeps it. */
export const usageSubject = 'airs.usage'

/** A tenant is one subject token. Anything else would address another tenant's subjects. */
export const tenantPattern = /^[a-z0-9][a-z0-9-]{0,62}$/
