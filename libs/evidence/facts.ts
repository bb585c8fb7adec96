type Members = Record<string, unknown>

const envelopeMembers = [
  'specversion',
  'id',
  'type',
  'source',
  'time',
  'tenant',
  'session',
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
  'model',
  'usage',
  'cost',
  'finishReasons',
  'timing',
  'attempts',
  'agent',
  'tags',
  'requestEvent',
  'requestTime',
  'reason',
  'journal',
  'from',
  'to',
  'version',
  'sha256',
  'bytes',
]
const requestMembers = ['method', 'path', 'format', 'model', 'stream']
const bodyMembers = ['mediaType', 'bytes', 'sha256']
const findingMembers = ['detector', 'type', 'path', 'start', 'end', 'confidence', 'digest', 'source', 'tool']

/**
 * An event without its content, as JSON: envelope, decision, times, counts, sizes and digests. What is not named here is
 * left out, so that a new field of an event cannot leak. A leaf commits to it, so it can be shown in place of the event.
 */
export function factsOf(event: Members): string {
  const data = asMembers(event.data)
  return JSON.stringify({ ...pick(event, envelopeMembers), data: factsOfData(data) })
}

function factsOfData(data: Members): Members {
  return {
    ...pick(data, dataMembers),
    ...('request' in data && { request: factsOfRequest(asMembers(data.request)) }),
    ...('decision' in data && { decision: factsOfDecision(asMembers(data.decision)) }),
    ...('body' in data && { body: pick(asMembers(data.body), bodyMembers) }),
    ...('forwarded' in data && { forwarded: factsOfChanged(asMembers(data.forwarded)) }),
    ...('delivered' in data && { delivered: factsOfChanged(asMembers(data.delivered)) }),
    ...('error' in data && { error: pick(asMembers(data.error), ['code']) }),
  }
}

function factsOfRequest(request: Members): Members {
  return {
    ...pick(request, requestMembers),
    ...('body' in request && { body: pick(asMembers(request.body), bodyMembers) }),
  }
}

function factsOfChanged(changed: Members): Members {
  return { ...pick(changed, ['changes']), body: pick(asMembers(changed.body), bodyMembers) }
}

function factsOfDecision(decision: Members): Members {
  const findings = Array.isArray(decision.findings) ? decision.findings : []
  return {
    ...pick(decision, ['action', 'mode', 'policySet', 'verdicts', 'scanned']),
    findings: findings.map((finding) => pick(asMembers(finding), findingMembers)),
  }
}

function pick(from: Members, names: readonly string[]): Members {
  const picked: Members = {}
  for (const name of names) if (name in from) picked[name] = from[name]
  return picked
}

function asMembers(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {}
}
