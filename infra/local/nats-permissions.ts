import { roomStream } from '@airs-cp/bus'
import {
  buckets,
  controlSubject,
  defaultIngress,
  type EventType,
  eventTypes,
  ingressNamePattern,
  type StreamDefinition,
  streams,
  subjectOfIngress,
  trafficSubject,
  usageSubject,
  usageSubjects,
} from '@airs-cp/events'
import type { ProcessDefinition } from '../processes.ts'

const userPrefix = 'airs-'

/** NATS permissions of one user, in nats-server's own words. */
export type NatsPermissions = {
  publish: { allow?: string[]; deny?: string[] }
  subscribe: { allow?: string[]; deny?: string[] }
}

/**
 * By user. A user that is not listed may do everything within the one account: that is the set-up, which makes streams
 * and buckets. Every reply comes to an inbox under the user's own prefix, so that no user hears another's.
 */
export const natsPermissions: Readonly<Record<string, NatsPermissions>> = {
  [userOfIngress(defaultIngress)]: permissionsOfIngress(defaultIngress),
  'airs-audit': permit('airs-audit', [
    consume(streams.traffic, 'audit-traffic'),
    consume(streams.control, 'audit-control'),
    consume(streams.imported, 'audit-imported'),
    streams.imported.subjects,
    ...[streams.traffic, streams.imported].map((stream) => [
      ...consume(stream, 'audit-erasure'),
      api('CONSUMER.LIST', stream.name),
      api('STREAM.MSG.DELETE', stream.name),
    ]),
    recordOfExchanges(eventTypes.exchangeAbandoned),
    record(
      eventTypes.journalGapFound,
      eventTypes.journalGapClosed,
      eventTypes.importBegun,
      eventTypes.eventBuried,
      eventTypes.contentRead,
      eventTypes.erasureRequested,
      eventTypes.erasureCompleted,
      eventTypes.holdPlaced,
      eventTypes.holdReleased,
      eventTypes.retentionChanged,
      eventTypes.dropSealed,
      eventTypes.logBegun,
      eventTypes.logKeysChanged,
      eventTypes.logProblemFound,
      eventTypes.logProblemSolved,
    ),
    write(buckets.journalProgress),
    // It makes the streams again when a server has lost its store; the others wait for that. It changes none that is
    // there. How much room there is it finds out with a stream of its own.
    [...Object.values(streams).map(({ name }) => name), ...Object.values(buckets).map(streamOf)].flatMap(
      make,
    ),
    [api('STREAM.CREATE', roomStream), api('STREAM.DELETE', roomStream)],
  ]),
  'airs-policy': permit('airs-policy', [
    consume(streams.control, 'policy-control'),
    consume(streams.traffic, 'policy-traffic'),
    record(
      eventTypes.policyApplied,
      eventTypes.policyRemoved,
      eventTypes.modeChanged,
      eventTypes.backtestRequested,
      eventTypes.backtestCompleted,
      eventTypes.backtestFailed,
      eventTypes.backtestCancelled,
      eventTypes.quarantineRuleChanged,
      eventTypes.sessionQuarantined,
      eventTypes.sessionReleased,
      eventTypes.callerQuarantined,
      eventTypes.callerReleased,
      eventTypes.mcpToolApproved,
      eventTypes.mcpToolRefused,
      eventTypes.anomalyFound,
      eventTypes.keyCreated,
      eventTypes.keyChanged,
      eventTypes.keyRotated,
      eventTypes.keyRevoked,
    ),
    watch(buckets.policy),
    write(buckets.policy),
    [api('STREAM.PURGE', streamOf(buckets.policy))],
  ]),
  'airs-lineage': permit('airs-lineage', [
    consume(streams.traffic, 'lineage'),
    consume(streams.imported, 'lineage-imported'),
  ]),
  'airs-export': permit('airs-export', [
    consume(streams.control, 'export'),
    record(
      eventTypes.exportRequested,
      eventTypes.exportCancelled,
      eventTypes.exportDeleted,
      eventTypes.exportDownloaded,
      eventTypes.archiveRequested,
      eventTypes.archiveRead,
    ),
  ]),
  'airs-export-worker': permit('airs-export-worker', [
    record(
      eventTypes.exportCompleted,
      eventTypes.exportFailed,
      eventTypes.dayArchived,
      eventTypes.archiveFailed,
    ),
    [api('STREAM.INFO', streams.traffic.name)],
  ]),
  'airs-console': { publish: { deny: ['>'] }, subscribe: { deny: ['>'] } },
}

/** Of any user, further ingresses' included. */
export function permissionsOf(user: string): NatsPermissions | undefined {
  const name = user.startsWith(userPrefix) ? user.slice(userPrefix.length) : ''
  return natsPermissions[user] ?? (ingressNamePattern.test(name) ? permissionsOfIngress(name) : undefined)
}

/** The NATS user of an ingress, by its name. */
export function userOfIngress(name: string): string {
  return `${userPrefix}${name}`
}

/** Each ingress publishes under subjects with its own name behind them, and reports usage under its name. */
function permissionsOfIngress(name: string): NatsPermissions {
  return permit(
    userOfIngress(name),
    [
      [subjectOfIngress('airs.traffic.*.*.*', name)],
      watch(buckets.policy),
      read(buckets.journalProgress),
      read(buckets.responses),
      [`$KV.${buckets.responses}.>`],
      [usageSubject(name)],
    ],
    [usageSubjects],
  )
}

/** The NATS user of a process. */
export function natsUser({ name }: ProcessDefinition): string {
  return `${userPrefix}${name}`
}

function permit(user: string, subjects: string[][], heard: string[] = []): NatsPermissions {
  return {
    publish: { allow: [api('INFO'), ...new Set(subjects.flat())] },
    subscribe: { allow: [`_INBOX.${user}.>`, ...heard] },
  }
}

function api(...tokens: string[]): string {
  return ['$JS.API', ...tokens].join('.')
}

/** Take deliveries of one durable pull consumer of a stream, acknowledge them, and begin again. */
function consume({ name }: StreamDefinition, durable: string): string[] {
  return [
    api('STREAM.INFO', name),
    api('CONSUMER.CREATE', name, durable, '>'),
    api('CONSUMER.INFO', name, durable),
    api('CONSUMER.DELETE', name, durable),
    api('CONSUMER.MSG.NEXT', name, durable),
    `$JS.ACK.${name}.${durable}.>`,
  ]
}

/** Publish events of these types about the control plane, of every tenant. */
function record(...types: EventType[]): string[] {
  return types.map((type) => controlSubject('*', type))
}

/** Publish events of these types about exchanges, of every tenant and partition. */
function recordOfExchanges(...types: EventType[]): string[] {
  return types.map((type) => trafficSubject('*', '', type).split('.').with(-2, '*').join('.'))
}

/** The stream that holds a bucket. */
function streamOf(bucket: string): string {
  return `KV_${bucket}`
}

function read(bucket: string): string[] {
  const stream = streamOf(bucket)
  return [
    api('STREAM.INFO', stream),
    api('STREAM.MSG.GET', stream),
    api('DIRECT.GET', stream),
    api('DIRECT.GET', stream, '>'),
  ]
}

/** Read a bucket and hear of each change, through consumers of its stream. */
function watch(bucket: string): string[] {
  const stream = streamOf(bucket)
  return [
    ...read(bucket),
    api('CONSUMER.CREATE', stream, '>'),
    api('CONSUMER.INFO', stream, '*'),
    api('CONSUMER.DELETE', stream, '*'),
    `$JS.FC.${stream}.>`,
  ]
}

function write(bucket: string): string[] {
  return [api('STREAM.INFO', streamOf(bucket)), api('STREAM.CREATE', streamOf(bucket)), `$KV.${bucket}.>`]
}

/** Make a stream where it is missing. */
function make(stream: string): string[] {
  return [api('STREAM.INFO', stream), api('STREAM.CREATE', stream)]
}
