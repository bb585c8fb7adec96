import { factsFormat } from '@airs-cp/events'
import { sha256 } from '@airs-cp/transparency-log'
import { contentSalt } from './leaf.ts'

type Members = Record<string, unknown>

const envelopeMembers = [
  'specversion',
  'id',
  'type',
  'source',
  'time',
  'datacontenttype',
  'tenant',
  'session',
  'caller',
  'exchange',
  'journal',
  'sequence',
]

/** Members of an event's data that hold no content: who, when, how long, how much, and what policy decided. */
const dataMembers = [
  'recording',
  'provider',
  'status',
  'stream',
  'keyId',
  'key',
  'credential',
  'verified',
  'model',
  'usage',
  'cost',
  'finishReasons',
  'timing',
  'agent',
  'tags',
  'requestEvent',
  'requestTime',
  'journal',
  'from',
  'to',
  'version',
  'bytes',
]
const requestMembers = ['method', 'format', 'model', 'stream', 'coverage']
const attemptMembers = ['provider', 'startedAfterMs', 'durationMs', 'status']
const mcpMembers = ['server', 'kind', 'direction', 'method', 'clientRevision', 'serverRevision']
const mcpResultMembers = ['isToolError', 'errorCode', 'messages']
const findingMembers = ['detector', 'type', 'start', 'end', 'confidence', 'source']
const verdictMembers = ['policy', 'version', 'mode', 'action', 'enforced', 'findings', 'quarantine', 'owasp']
const scannedMembers = ['characters', 'seen', 'redacted', 'withheld', 'known']

/**
 * An event without its content, as JSON: envelope, decision, times, counts and sizes. What is not named here is left out, so
 * that a new field of an event cannot leak. A leaf commits to it, so it can be shown in place of the event; and it is what is
 * left of an event whose content was erased, so it is an event itself.
 *
 * Digests of content stand in it salted: whoever guesses a text cannot see from them that the guess is right, unless they
 * have the salt of the event, which is destroyed with its content.
 */
export function factsOf(event: Members, salt: Buffer): string {
  const own = contentSalt(salt)
  const salted = (digest: unknown) =>
    sha256(Buffer.concat([own, Buffer.from(String(digest))])).toString('hex')
  return JSON.stringify({ facts: factsFormat, ...factsBy(event, { digest: salted, hasPlaces: false }) })
}

/** The same for somebody who may see digests of content and where in it something was found; nothing commits to it. */
export function withoutContent(event: Members): string {
  return JSON.stringify({
    ...pick(event, ['facts']),
    ...factsBy(event, { digest: (digest) => digest, hasPlaces: true }),
  })
}

type Form = {
  /** `SHA-256(contentSalt ‖ digest)`, where the digest stands as it does in the event: in hexadecimal. */
  digest: (digest: unknown) => unknown
  /** The path to a text is made of names that a client chooses. */
  hasPlaces: boolean
}

function factsBy(event: Members, form: Form): Members {
  return { ...pick(event, envelopeMembers), data: factsOfData(asMembers(event.data), form) }
}

function factsOfData(data: Members, form: Form): Members {
  const facts: Members = pick(data, dataMembers)
  // A reason is a word of ours, but for that of an entry that nobody could store.
  if ('reason' in data && !('subject' in data)) facts.reason = data.reason
  if ('subject' in data) Object.assign(facts, { ...pick(data, ['event']), subject: '', reason: '' })
  if ('sha256' in data) facts.sha256 = form.digest(data.sha256)
  if ('sources' in data) facts.sources = []
  if (Array.isArray(data.attempts))
    facts.attempts = data.attempts.map((attempt) => pick(asMembers(attempt), attemptMembers))
  if ('request' in data) facts.request = factsOfRequest(asMembers(data.request), form)
  if ('mcp' in data) facts.mcp = pick(asMembers(data.mcp), [...mcpMembers, ...mcpResultMembers])
  if ('decision' in data) facts.decision = factsOfDecision(asMembers(data.decision), form)
  if ('body' in data) facts.body = factsOfBody(data.body, form)
  for (const name of ['forwarded', 'delivered'])
    if (name in data) {
      const { body, changes } = asMembers(data[name])
      facts[name] = { body: factsOfBody(body, form), changes }
    }
  if ('error' in data) facts.error = { ...pick(asMembers(data.error), ['code']), message: '' }
  return facts
}

function factsOfRequest(request: Members, form: Form): Members {
  return {
    ...pick(request, requestMembers),
    path: pathOf(request, form),
    ...('body' in request && { body: factsOfBody(request.body, form) }),
  }
}

/** Of a route that is known, without its query; what else a client names may say anything. */
function pathOf({ path, format, coverage }: Members, { hasPlaces }: Form): string {
  const isKnown = format !== undefined && coverage === undefined
  return isKnown || hasPlaces ? String(path).split('?')[0]! : ''
}

/** Without parameters, which may say anything. */
const plainMediaType = /^[\w.+-]{1,64}\/[\w.+-]{1,64}/

function factsOfBody(recorded: unknown, form: Form): Members {
  const { mediaType, bytes, sha256, original } = asMembers(recorded)
  return {
    mediaType: plainMediaType.exec(String(mediaType))?.[0] ?? '',
    bytes,
    sha256: form.digest(sha256),
    ...(original !== undefined && {
      original: {
        ...pick(asMembers(original), ['bytes', 'recorded']),
        digest: form.digest(asMembers(original).digest),
      },
    }),
  }
}

function factsOfDecision(decision: Members, form: Form): Members {
  const scanned = asMembers(decision.scanned)
  return {
    ...pick(decision, ['action', 'mode', 'policySet']),
    verdicts: asList(decision.verdicts).map((verdict) => pick(verdict, verdictMembers)),
    findings: asList(decision.findings).map((finding) => ({
      ...pick(finding, findingMembers),
      path: form.hasPlaces ? finding.path : '',
      ...(form.hasPlaces && pick(finding, ['tool'])),
      digest: form.digest(finding.digest),
    })),
    scanned: {
      ...pick(scanned, scannedMembers),
      skipped: asList(scanned.skipped).map(({ path, reason }) => ({
        path: form.hasPlaces ? path : '',
        reason: String(reason).split(':')[0],
      })),
    },
  }
}

function pick(from: Members, names: readonly string[]): Members {
  const picked: Members = {}
  for (const name of names) if (name in from) picked[name] = from[name]
  return picked
}

function asList(value: unknown): Members[] {
  return Array.isArray(value) ? value.map(asMembers) : []
}

function asMembers(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {}
}
