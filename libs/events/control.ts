import { z } from 'zod'
import { budgetPeriods } from './budget-period.ts'
import { modeSchema } from './decision.ts'
import type { EventOf } from './envelope.ts'
import { searched } from './searched.ts'
import { tenantPattern } from './subjects.ts'
import { eventTypes } from './types.ts'

/** A control event that nobody could store or apply; it is not appended. */
export class InvalidControlEventError extends Error {
  override name = 'InvalidControlEventError'
  readonly reason: 'too-large' | 'invalid'

  constructor(reason: 'too-large' | 'invalid', message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/** Who did it: the name of a control-API token, or a service. */
const actorSchema = z.string()

export const policyAppliedSchema = z.object({
  name: z.string(),
  version: z.int().positive(),
  /** The policy document as it was applied, YAML of exactly one policy. */
  document: z.string(),
  actor: actorSchema,
  reason: z.string().optional(),
  /** The earlier version whose document this one has again. */
  restores: z.int().positive().optional(),
  /** Digest of the report of the backtest that was shown for it. */
  backtest: z.string().optional(),
})
export type PolicyApplied = z.infer<typeof policyAppliedSchema>

export const policyRemovedSchema = z.object({
  name: z.string(),
  version: z.int().positive(),
  actor: actorSchema,
  reason: z.string().optional(),
})
export type PolicyRemoved = z.infer<typeof policyRemovedSchema>

export const modeChangedSchema = z.object({
  mode: modeSchema,
  reason: z.string(),
  /** What clients read while all traffic is refused. */
  message: z.string().optional(),
  actor: actorSchema,
})
export type ModeChanged = z.infer<typeof modeChangedSchema>

export const backtestRequestedSchema = z.object({
  backtestId: z.uuid(),
  /** The policies under test, by name. */
  tested: z.array(z.string()),
  /** All that it judges by: the policies under test, and those in force beside them. */
  policies: z.array(z.object({ name: z.string(), version: z.int().nonnegative(), document: z.string() })),
  /** What was in force under the names of the policies under test; absent in events of 0.1.0. */
  replaced: z
    .array(z.object({ name: z.string(), version: z.int().nonnegative(), document: z.string() }))
    .optional(),
  /** Names of all policies that were in force. */
  inForce: z.array(z.string()).optional(),
  /** Judge the policies under test as if they enforced. */
  enforce: z.boolean(),
  /** First instant included, and first not included. */
  from: z.iso.datetime().optional(),
  until: z.iso.datetime(),
  /** Only this exchange. */
  exchange: z.uuid().optional(),
  actor: actorSchema,
})
export type BacktestRequested = z.infer<typeof backtestRequestedSchema>

export const backtestCompletedSchema = z.object({
  backtestId: z.uuid(),
  /** SHA-256 of the report as canonical JSON. */
  digest: z.string(),
  report: z.record(z.string(), z.unknown()),
})
export type BacktestCompleted = z.infer<typeof backtestCompletedSchema>

export const backtestFailedSchema = z.object({ backtestId: z.uuid(), error: z.string() })
export type BacktestFailed = z.infer<typeof backtestFailedSchema>

export const backtestCancelledSchema = z.object({ backtestId: z.uuid(), actor: actorSchema })
export type BacktestCancelled = z.infer<typeof backtestCancelledSchema>

/** What a quarantine stops: one session of a caller, or all that a caller does, under whichever session it names. */
export const quarantineTargetSchema = z.enum(['session', 'caller'])
export type QuarantineTarget = z.infer<typeof quarantineTargetSchema>

/** When a session or a caller is quarantined by itself: after so many violations within a time. 0 violations: never. */
export const quarantineRuleSchema = z.object({
  violations: z.int().nonnegative(),
  withinSeconds: z.int().positive(),
  forSeconds: z.int().positive(),
  /** Whose violations are counted together, and who is quarantined. Violations without a caller count by session. */
  target: quarantineTargetSchema.default('session'),
})
export type QuarantineRule = z.infer<typeof quarantineRuleSchema>

/** Until somebody says otherwise sessions are quarantined by policies and people alone, for an hour. */
export const defaultQuarantineRule: QuarantineRule = {
  violations: 0,
  withinSeconds: 600,
  forSeconds: 3_600,
  target: 'session',
}

export const quarantineRuleChangedSchema = quarantineRuleSchema.extend({
  reason: z.string(),
  actor: actorSchema,
})
export type QuarantineRuleChanged = z.infer<typeof quarantineRuleChangedSchema>

const quarantinedSchema = z.object({
  until: z.iso.datetime(),
  /** `threshold`: it broke the rule; `policy`: a policy's action says so; `manual`: a person did. */
  cause: z.enum(['threshold', 'policy', 'manual']),
  reason: z.string(),
  policy: z.string().optional(),
  /** The exchange that brought it about. */
  exchange: z.string().optional(),
  violations: z.int().positive().optional(),
  actor: actorSchema,
})

/** Exchanges of a session of the event's tenant are refused until then. */
export const sessionQuarantinedSchema = quarantinedSchema.extend({
  session: z.string(),
  /** Whose session of this name; absent: whoever's. */
  caller: z.string().optional(),
})
export type SessionQuarantined = z.infer<typeof sessionQuarantinedSchema>

export const sessionReleasedSchema = z.object({
  session: z.string(),
  /** Whose session of this name; absent: of a quarantine that has no caller. */
  caller: z.string().optional(),
  reason: z.string(),
  actor: actorSchema,
})
export type SessionReleased = z.infer<typeof sessionReleasedSchema>

/** Whatever this caller sends is refused until then, in every tenant and under any session. */
export const callerQuarantinedSchema = quarantinedSchema.extend({
  /** As in the envelope: `key:` and an id, or `credential:` and a fingerprint. */
  caller: z.string(),
})
export type CallerQuarantined = z.infer<typeof callerQuarantinedSchema>

export const callerReleasedSchema = z.object({ caller: z.string(), reason: z.string(), actor: actorSchema })
export type CallerReleased = z.infer<typeof callerReleasedSchema>

const toolDecisionSchema = z.object({
  server: z.string(),
  tool: z.string(),
  /** SHA-256 of the definition that was decided on. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  reason: z.string(),
  actor: actorSchema,
})

/** From now on a tool of an MCP server is expected to be defined so. */
export const mcpToolApprovedSchema = toolDecisionSchema
export type McpToolApproved = z.infer<typeof mcpToolApprovedSchema>

/** Defined so, a tool of an MCP server is neither listed nor called. */
export const mcpToolRefusedSchema = toolDecisionSchema
export type McpToolRefused = z.infer<typeof mcpToolRefusedSchema>

/** In which way an agent did what it had not done before. */
export const anomalyKinds = ['unexpected-tool', 'unusual-sequence', 'excessive-calls'] as const

export const anomalyFoundSchema = z.object({
  agent: z.string(),
  kind: z.enum(anomalyKinds),
  /** Name of the tool that was called. */
  tool: z.string(),
  /** Of a sequence: the call before it in the session. */
  previous: z.string().optional(),
  session: z.string(),
  exchange: z.string(),
  /** A sentence that says what was expected, and from how much. */
  explanation: z.string(),
  /** What it is held against: what was seen of the agent before. */
  baseline: z.object({
    calls: z.int().nonnegative(),
    tools: z.int().nonnegative(),
    sessions: z.int().nonnegative(),
    mostCallsInASession: z.int().nonnegative(),
  }),
})
export type AnomalyFound = z.infer<typeof anomalyFoundSchema>

/** What a client key may do. Absent limits do not limit. */
export const keyLimitsSchema = z.object({
  /** Model names as clients say them; `*` stands for any run of characters. */
  models: z.array(z.string().min(1)).min(1).optional(),
  providers: z.array(z.string().min(1)).min(1).optional(),
  expiresAt: z.iso.datetime().optional(),
  requestsPerMinute: z.int().positive().optional(),
  tokensPerMinute: z.int().positive().optional(),
  budgetUsdMicros: z.int().positive().optional(),
  /** Absent: `total`. */
  budgetPeriod: z.enum(budgetPeriods).optional(),
})
export type KeyLimits = z.infer<typeof keyLimitsSchema>

/** What the operator says of whoever presents a key. A client's own headers do not count against it. */
export const keyIdentitySchema = z.object({
  tenant: z.string().regex(tenantPattern).optional(),
  agent: z.string().min(1).max(256).optional(),
  tags: z.array(z.string().min(1).max(256)).max(32).optional(),
})
export type KeyIdentity = z.infer<typeof keyIdentitySchema>

const hexDigest = z.string().regex(/^[0-9a-f]{32,64}$/)

/** `sha256`: of a key that was generated here. `fingerprint`: an existing credential, as events name it. */
export const keyMatchSchema = z.union([z.object({ sha256: hexDigest }), z.object({ fingerprint: hexDigest })])
export type KeyMatch = z.infer<typeof keyMatchSchema>

/** A key that an app presents to the ingress; of the key itself only a digest is ever recorded. */
export const keyCreatedSchema = z.object({
  keyId: z.uuid(),
  name: z.string().min(1).max(128),
  match: keyMatchSchema,
  limits: keyLimitsSchema,
  fixed: keyIdentitySchema.optional(),
  actor: actorSchema,
})
export type KeyCreated = z.infer<typeof keyCreatedSchema>

/** What is absent stays as it was; what is there replaces the former value as a whole. */
export const keyChangedSchema = z.object({
  keyId: z.uuid(),
  name: z.string().min(1).max(128).optional(),
  limits: keyLimitsSchema.optional(),
  fixed: keyIdentitySchema.optional(),
  reason: z.string().optional(),
  actor: actorSchema,
})
export type KeyChanged = z.infer<typeof keyChangedSchema>

/** Another secret or credential stands for the key; the one before is still accepted until then. */
export const keyRotatedSchema = z.object({
  keyId: z.uuid(),
  match: keyMatchSchema,
  formerUntil: z.iso.datetime(),
  actor: actorSchema,
})
export type KeyRotated = z.infer<typeof keyRotatedSchema>

export const keyRevokedSchema = z.object({ keyId: z.uuid(), actor: actorSchema })
export type KeyRevoked = z.infer<typeof keyRevokedSchema>

export const exportKinds = ['events', 'sessions', 'decisions'] as const
export const exportFormats = ['jsonl', 'csv'] as const
export const exportCompressions = ['none', 'gzip', 'zstd'] as const

/** Narrows an export to exchanges: it contains all that is recorded of an exchange, or nothing of it. */
export const exportFiltersSchema = z.strictObject({
  session: z.string().min(1).max(256).optional(),
  /** As the client named it; `*` stands for any run of characters. */
  model: z.string().min(1).max(256).optional(),
  provider: z.string().min(1).max(256).optional(),
  tag: z.string().min(1).max(256).optional(),
  /** What policy did with the request or the response, such as `block`. */
  action: z.string().min(1).max(64).optional(),
  /** `key:` and the id of a client key, or `credential:` and a fingerprint. */
  caller: z
    .string()
    .regex(/^(?:key|credential):[\w-]{1,128}$/)
    .optional(),
  /** The type of a finding, such as `EMAIL`. */
  finding: z.string().min(1).max(256).optional(),
  ...z.object(searched).partial().shape,
  /** Events from this leaf of the log on, and those that have none yet: what is behind an archive. */
  fromLeaf: z.int().nonnegative().optional(),
})
export type ExportFilters = z.infer<typeof exportFiltersSchema>

export const exportRequestedSchema = z.object({
  exportId: z.uuid(),
  kind: z.enum(exportKinds),
  format: z.enum(exportFormats),
  /** First instant included. */
  from: z.iso.datetime().optional(),
  /** First instant not included. */
  until: z.iso.datetime().optional(),
  compression: z.enum(exportCompressions).optional(),
  includeLineage: z.boolean().optional(),
  filters: exportFiltersSchema.optional(),
  /** A request that comes again with the same key and actor is the same export. */
  idempotencyKey: z.string().optional(),
  actor: actorSchema,
})
export type ExportRequested = z.infer<typeof exportRequestedSchema>

export const exportCompletedSchema = z.object({
  exportId: z.uuid(),
  rows: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  sha256: z.string(),
  /** What the export claims of itself, as it stands beside its file. */
  manifest: z.record(z.string(), z.unknown()).optional(),
  /** When what it holds was read; what is erased later is still in it. */
  asOf: z.iso.datetime().optional(),
})
export type ExportCompleted = z.infer<typeof exportCompletedSchema>

export const exportFailedSchema = z.object({ exportId: z.uuid(), error: z.string() })
export type ExportFailed = z.infer<typeof exportFailedSchema>

export const exportCancelledSchema = z.object({ exportId: z.uuid(), actor: actorSchema })
export type ExportCancelled = z.infer<typeof exportCancelledSchema>

export const exportDeletedSchema = z.object({
  exportId: z.uuid(),
  actor: actorSchema,
  /** Absent: somebody asked for it. `expired`: it was kept for as long as exports are. `erased`: it had content that was erased. */
  reason: z.enum(['expired', 'erased']).optional(),
})
export type ExportDeleted = z.infer<typeof exportDeletedSchema>

/** Somebody gets the file of an export, or a part of it. */
export const exportDownloadedSchema = z.object({ exportId: z.uuid(), actor: actorSchema, role: z.string() })
export type ExportDownloaded = z.infer<typeof exportDownloadedSchema>

/**
 * A part of the transparency log: all that the event store took on a day (UTC), and what of the days before had no leaf when those
 * were cut off. Days follow each other without a gap.
 */
export const archivableDaySchema = z.object({
  day: z.iso.date(),
  /** Which log of this store, counted from 1. */
  generation: z.int().positive(),
  /** First leaf, and first behind it. */
  from: z.int().nonnegative(),
  until: z.int().positive(),
})
export type ArchivableDay = z.infer<typeof archivableDaySchema>

export const archiveRequestedSchema = z.object({
  days: z
    .array(
      archivableDaySchema.extend({
        /** So many of its events were dropped before: it cannot be archived. */
        dropped: z.int().positive().optional(),
      }),
    )
    .min(1)
    .max(1_000),
  /** `erased`: the archived file holds content that was erased since. */
  reason: z.enum(['erased']).optional(),
  actor: actorSchema,
})
export type ArchiveRequested = z.infer<typeof archiveRequestedSchema>

export const dayArchivedSchema = archivableDaySchema.extend({
  /** How often the day was asked for. */
  attempt: z.int().positive(),
  rows: z.int().positive(),
  bytes: z.int().nonnegative(),
  sha256: z.string(),
  /** What the file claims of itself, as it stands beside it. */
  manifest: z.record(z.string(), z.unknown()),
  /** When what it holds was read; what is erased later is still in it. */
  asOf: z.iso.datetime(),
})
export type DayArchived = z.infer<typeof dayArchivedSchema>

export const archiveFailedSchema = z.object({
  day: z.iso.date(),
  attempt: z.int().positive(),
  error: z.string(),
})
export type ArchiveFailed = z.infer<typeof archiveFailedSchema>

/** Somebody gets the file of an archived day. */
export const archiveReadSchema = z.object({ day: z.iso.date(), actor: actorSchema, role: z.string() })
export type ArchiveRead = z.infer<typeof archiveReadSchema>

/** Somebody brings in events of another instance. Its id follows from the digest: once per file, however often it is brought. */
export const importBegunSchema = z.object({
  importId: z.uuid(),
  /** Of the file's events, uncompressed. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().nonnegative(),
  events: z.int().nonnegative(),
  /** The texts in which the events are sent, as a Merkle tree (RFC 9162): no other text belongs to this import. */
  parts: z.object({ count: z.int().nonnegative(), root: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
  actor: actorSchema,
})
export type ImportBegun = z.infer<typeof importBegunSchema>

/** Events `from` to `to` (inclusive) of a journal have not arrived within the grace time. */
export const journalGapSchema = z.object({
  journal: z.string(),
  from: z.int().positive(),
  to: z.int().positive(),
})
export type JournalGap = z.infer<typeof journalGapSchema>

/**
 * The event store has a dead letter instead of this event of a journal. Nobody waits for it any more; when the dead
 * letter is replayed with success the event takes its place.
 */
export const eventBuriedSchema = z.object({
  journal: z.string(),
  sequence: z.int().positive(),
  /** Id of the event, as far as it can be read. */
  event: z.string(),
  /** SHA-256 of the bytes that the dead letter holds. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  error: z.string(),
})
export type EventBuried = z.infer<typeof eventBuriedSchema>

/** Somebody has read content, or is about to. */
export const contentReadSchema = z.object({
  actor: actorSchema,
  role: z.string(),
  /** `events`: recorded events; `conversation`: what was said in an exchange; `search`: exchanges in which something was said. */
  what: z.enum(['events', 'conversation', 'search', 'receipt']),
  /** Ids of the events or exchanges. */
  ids: z.array(z.string()).max(1_000),
})
export type ContentRead = z.infer<typeof contentReadSchema>

/** A text that JSON in Postgres can hold. */
const storable = (text: string) => text.isWellFormed() && !text.includes('\0')
const nameSchema = z
  .string()
  .min(1)
  .max(1_024)
  .refine(storable, { error: 'has a NUL, or half of a character' })
export const erasureReasonSchema = nameSchema
/** Postgres has no year 0. */
const instantSchema = z.iso
  .datetime()
  .refine((text) => !text.startsWith('0000'), { error: 'is before the year 1' })

/** Which exchanges an erasure is about: those to which all of it applies. A name is as the client said it. */
export const erasureSelectionSchema = z
  .strictObject({
    exchange: z
      .string()
      .regex(/^[\x21-\x7e]{1,256}$/, 'is no id')
      .optional(),
    session: nameSchema.optional(),
    /** As in the envelope: `key:` and an id, or `credential:` and a fingerprint. */
    caller: z
      .string()
      .regex(/^(?:key|credential):[\w-]{1,128}$/, 'is no caller: key:ID or credential:FINGERPRINT')
      .optional(),
    agent: nameSchema.optional(),
    tag: nameSchema.optional(),
    tenant: z.string().regex(tenantPattern).optional(),
    /** First instant of a request that is included, and first that is not. */
    from: instantSchema.optional(),
    until: instantSchema.optional(),
  })
  .refine((selection) => Object.values(selection).some((value) => value !== undefined), {
    error: 'names nothing; name an exchange, session, caller, agent, tag, tenant or a time',
  })
export type ErasureSelection = z.infer<typeof erasureSelectionSchema>

/** The content of these exchanges is to be erased, of those that were requested until then. */
export const erasureRequestedSchema = z.object({
  erasureId: z.uuid(),
  selection: erasureSelectionSchema,
  /** Last instant of a request that is included: a session that goes on is not erased in advance. */
  before: z.iso.datetime(),
  reason: nameSchema,
  actor: actorSchema,
})
export type ErasureRequested = z.infer<typeof erasureRequestedSchema>

/** The content is gone from the event store, from the streams, and from what was derived of it. */
export const erasureCompletedSchema = z.object({
  erasureId: z.uuid(),
  exchanges: z.int().nonnegative(),
  events: z.int().nonnegative(),
  /** Pieces of content that exchanges use which are not erased: they are still there. */
  sharedContents: z.int().nonnegative(),
  /** Messages that were erased from streams. */
  messages: z.int().nonnegative(),
  /** Times of the events that were erased; absent where there were none. */
  first: z.iso.datetime().optional(),
  last: z.iso.datetime().optional(),
})
export type ErasureCompleted = z.infer<typeof erasureCompletedSchema>

/** These exchanges are kept whole until the hold is released: no retention and no erasure touches them. */
export const holdPlacedSchema = z.object({
  holdId: z.uuid(),
  selection: erasureSelectionSchema,
  reason: nameSchema,
  actor: actorSchema,
})
export type HoldPlaced = z.infer<typeof holdPlacedSchema>

export const holdReleasedSchema = z.object({ holdId: z.uuid(), reason: nameSchema, actor: actorSchema })
export type HoldReleased = z.infer<typeof holdReleasedSchema>

/** Metadata is kept at least for so many days, unless somebody says in so many words that it is not. */
export const metadataFloorDays = 184
/** An event is redelivered as long as its stream keeps it, which is a week; what is dropped must not come again. */
export const leastMetadataDays = 8
const longestDays = 36_500

/** For how many days content and metadata are kept, from now on; null: for ever. It takes the place of what is configured. */
export const retentionChangedSchema = z.object({
  contentDays: z.int().min(1).max(longestDays).nullable(),
  metadataDays: z.int().min(leastMetadataDays).max(longestDays).nullable(),
  reason: nameSchema,
  actor: actorSchema,
})
export type RetentionChanged = z.infer<typeof retentionChangedSchema>

/** Traffic events that are about to be dropped, with all that is derived of them. What is named is in the log as it was. */
export const dropSealedSchema = z.object({
  dropId: z.uuid(),
  /** The day (UTC) on which the event store took these events. */
  day: z.iso.date(),
  log: z.object({
    origin: z.string(),
    /** Leaves from the first that is dropped to behind the last, and the root of the log up to there. */
    firstLeaf: z.int().nonnegative(),
    untilLeaf: z.int().positive(),
    root: z.string(),
  }),
  events: z.int().positive(),
  /** Events of that day that stay: they are on hold, or hold content that later exchanges use. */
  kept: z.int().nonnegative(),
  requests: z.int().nonnegative(),
  refusedRequests: z.int().nonnegative(),
  outcomes: z.int().nonnegative(),
  /** Times of the first and the last of these events. */
  first: z.iso.datetime(),
  last: z.iso.datetime(),
  /** SHA-256 of the text of the signed record, which names each leaf. */
  recordSha256: z.string().regex(/^[0-9a-f]{64}$/),
  actor: actorSchema,
})
export type DropSealed = z.infer<typeof dropSealedSchema>

/** A transparency log begins that names the one before, which could not go on: its last signed checkpoint. */
export const logBegunSchema = z.object({
  origin: z.string(),
  predecessor: z.string().nullable(),
  reason: z.string(),
  actor: actorSchema,
})
export type LogBegun = z.infer<typeof logBegunSchema>

/** The transparency log signs with these keys from now on. */
export const logKeysChangedSchema = z.object({
  origin: z.string(),
  /** C2SP verifier keys. */
  keys: z.array(z.string()),
  actor: actorSchema,
})
export type LogKeysChanged = z.infer<typeof logKeysChangedSchema>

/** The transparency log stands still, or lacks its witnesses; or does so no longer. */
export const logProblemSchema = z.object({ origin: z.string().nullable(), problem: z.string() })
export type LogProblem = z.infer<typeof logProblemSchema>

export type ControlEvent =
  | EventOf<typeof eventTypes.policyApplied, PolicyApplied>
  | EventOf<typeof eventTypes.policyRemoved, PolicyRemoved>
  | EventOf<typeof eventTypes.modeChanged, ModeChanged>
  | EventOf<typeof eventTypes.backtestRequested, BacktestRequested>
  | EventOf<typeof eventTypes.backtestCompleted, BacktestCompleted>
  | EventOf<typeof eventTypes.backtestFailed, BacktestFailed>
  | EventOf<typeof eventTypes.backtestCancelled, BacktestCancelled>
  | EventOf<typeof eventTypes.quarantineRuleChanged, QuarantineRuleChanged>
  | EventOf<typeof eventTypes.sessionQuarantined, SessionQuarantined>
  | EventOf<typeof eventTypes.sessionReleased, SessionReleased>
  | EventOf<typeof eventTypes.callerQuarantined, CallerQuarantined>
  | EventOf<typeof eventTypes.callerReleased, CallerReleased>
  | EventOf<typeof eventTypes.mcpToolApproved, McpToolApproved>
  | EventOf<typeof eventTypes.mcpToolRefused, McpToolRefused>
  | EventOf<typeof eventTypes.anomalyFound, AnomalyFound>
  | EventOf<typeof eventTypes.keyCreated, KeyCreated>
  | EventOf<typeof eventTypes.keyChanged, KeyChanged>
  | EventOf<typeof eventTypes.keyRotated, KeyRotated>
  | EventOf<typeof eventTypes.keyRevoked, KeyRevoked>
  | EventOf<typeof eventTypes.exportRequested, ExportRequested>
  | EventOf<typeof eventTypes.exportCompleted, ExportCompleted>
  | EventOf<typeof eventTypes.exportFailed, ExportFailed>
  | EventOf<typeof eventTypes.exportCancelled, ExportCancelled>
  | EventOf<typeof eventTypes.exportDeleted, ExportDeleted>
  | EventOf<typeof eventTypes.exportDownloaded, ExportDownloaded>
  | EventOf<typeof eventTypes.archiveRequested, ArchiveRequested>
  | EventOf<typeof eventTypes.dayArchived, DayArchived>
  | EventOf<typeof eventTypes.archiveFailed, ArchiveFailed>
  | EventOf<typeof eventTypes.archiveRead, ArchiveRead>
  | EventOf<typeof eventTypes.importBegun, ImportBegun>
  | EventOf<typeof eventTypes.eventBuried, EventBuried>
  | EventOf<typeof eventTypes.journalGapFound, JournalGap>
  | EventOf<typeof eventTypes.journalGapClosed, JournalGap>
  | EventOf<typeof eventTypes.contentRead, ContentRead>
  | EventOf<typeof eventTypes.erasureRequested, ErasureRequested>
  | EventOf<typeof eventTypes.erasureCompleted, ErasureCompleted>
  | EventOf<typeof eventTypes.holdPlaced, HoldPlaced>
  | EventOf<typeof eventTypes.holdReleased, HoldReleased>
  | EventOf<typeof eventTypes.retentionChanged, RetentionChanged>
  | EventOf<typeof eventTypes.dropSealed, DropSealed>
  | EventOf<typeof eventTypes.logBegun, LogBegun>
  | EventOf<typeof eventTypes.logKeysChanged, LogKeysChanged>
  | EventOf<typeof eventTypes.logProblemFound, LogProblem>
  | EventOf<typeof eventTypes.logProblemSolved, LogProblem>

/** Data schema per control event type. */
export const controlSchemas = {
  [eventTypes.policyApplied]: policyAppliedSchema,
  [eventTypes.policyRemoved]: policyRemovedSchema,
  [eventTypes.modeChanged]: modeChangedSchema,
  [eventTypes.backtestRequested]: backtestRequestedSchema,
  [eventTypes.backtestCompleted]: backtestCompletedSchema,
  [eventTypes.backtestFailed]: backtestFailedSchema,
  [eventTypes.backtestCancelled]: backtestCancelledSchema,
  [eventTypes.quarantineRuleChanged]: quarantineRuleChangedSchema,
  [eventTypes.sessionQuarantined]: sessionQuarantinedSchema,
  [eventTypes.sessionReleased]: sessionReleasedSchema,
  [eventTypes.callerQuarantined]: callerQuarantinedSchema,
  [eventTypes.callerReleased]: callerReleasedSchema,
  [eventTypes.mcpToolApproved]: mcpToolApprovedSchema,
  [eventTypes.mcpToolRefused]: mcpToolRefusedSchema,
  [eventTypes.anomalyFound]: anomalyFoundSchema,
  [eventTypes.keyCreated]: keyCreatedSchema,
  [eventTypes.keyChanged]: keyChangedSchema,
  [eventTypes.keyRotated]: keyRotatedSchema,
  [eventTypes.keyRevoked]: keyRevokedSchema,
  [eventTypes.exportRequested]: exportRequestedSchema,
  [eventTypes.exportCompleted]: exportCompletedSchema,
  [eventTypes.exportFailed]: exportFailedSchema,
  [eventTypes.exportCancelled]: exportCancelledSchema,
  [eventTypes.exportDeleted]: exportDeletedSchema,
  [eventTypes.exportDownloaded]: exportDownloadedSchema,
  [eventTypes.archiveRequested]: archiveRequestedSchema,
  [eventTypes.dayArchived]: dayArchivedSchema,
  [eventTypes.archiveFailed]: archiveFailedSchema,
  [eventTypes.archiveRead]: archiveReadSchema,
  [eventTypes.importBegun]: importBegunSchema,
  [eventTypes.eventBuried]: eventBuriedSchema,
  [eventTypes.journalGapFound]: journalGapSchema,
  [eventTypes.journalGapClosed]: journalGapSchema,
  [eventTypes.contentRead]: contentReadSchema,
  [eventTypes.erasureRequested]: erasureRequestedSchema,
  [eventTypes.erasureCompleted]: erasureCompletedSchema,
  [eventTypes.holdPlaced]: holdPlacedSchema,
  [eventTypes.holdReleased]: holdReleasedSchema,
  [eventTypes.retentionChanged]: retentionChangedSchema,
  [eventTypes.dropSealed]: dropSealedSchema,
  [eventTypes.logBegun]: logBegunSchema,
  [eventTypes.logKeysChanged]: logKeysChangedSchema,
  [eventTypes.logProblemFound]: logProblemSchema,
  [eventTypes.logProblemSolved]: logProblemSchema,
} as const
