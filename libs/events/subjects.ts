import { type EventType, eventTypes } from './types.ts'

/** Number of partitions of the traffic stream. Changing it reorders sessions that are in flight; see docs/decisions. */
export const partitionCount = 16

/** Begins the source of each event that an ingress records. */
export const ingressSources = '/airs/ingress/'

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

/**
 * Subject of an event about an exchange: `airs.traffic.<tenant>.<partition>.<event>`. What an ingress publishes has the
 * ingress's name behind it (`subjectOfIngress`).
 */
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

/** An ingress has a name, and the NATS user `airs-<name>`, which can publish under that name alone. */
export const ingressNamePattern = /^ingress(-[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?)?$/
export const defaultIngress = 'ingress'

/** The subject of an event, in the space of one ingress: `airs.traffic.<tenant>.<partition>.<event>.<ingress>`. */
export function subjectOfIngress(subject: string, ingress: string): string {
  return `${subject}.${ingress}`
}

/** The ingress that published under a subject; undefined for what others publish, and for ingresses of version 0.1. */
export function ingressOfSubject(subject: string): string | undefined {
  return subject.startsWith('airs.traffic.') ? subject.split('.', 6)[5] : undefined
}

/** Where the events of an ingress come from: `/airs/ingress/<name>/<host>/<process>`; in version 0.1 without the name. */
export function ingressSource(ingress: string, host: string, processId: string): string {
  return `${ingressSources}${ingress}/${host}/${processId}`
}

/** The ingress that a source names. */
export function ingressOfSource(source: string): string | undefined {
  if (!source.startsWith(ingressSources)) return undefined
  const parts = source.slice(ingressSources.length).split('/')
  return parts.length === 3 ? parts[0] : undefined
}

/** `request-received`, by the subject of any event. */
export function eventTokenOf(subject: string): string | undefined {
  const tokens = subject.split('.', 5)
  return tokens[tokens[1] === 'control' ? 3 : 4]
}

/** On which an ingress reports to the others what is used at it (`usageReportSchema`). No stream keeps it. */
export function usageSubject(ingress: string): string {
  return `airs.usage.${ingress}`
}

/** What all ingresses report. */
export const usageSubjects = usageSubject('*')

/** A tenant is one subject token. Anything else would address another tenant's subjects. */
export const tenantPattern = /^[a-z0-9][a-z0-9-]{0,62}$/
