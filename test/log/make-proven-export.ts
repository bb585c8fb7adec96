import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { factsOf, factsSalt, leafRecord, saltedDigest } from '@airs-cp/evidence'
import {
  formatProofLine,
  type Manifest,
  manifestName,
  type ProofLine,
  proofHeading,
  proofName,
  SequenceRanges,
  Tally,
} from '@airs-cp/manifest'
import {
  checkpointText,
  createSigner,
  Frontier,
  formatVerifierKey,
  type Hash,
  hashOfSpan,
  leafHash,
  nodesBeside,
  type Signer,
  signNote,
} from '@airs-cp/transparency-log'

export type TestEvent = {
  id: string
  type: string
  time: string
  tenant: string
  exchange?: string
  journal?: string
  sequence?: number
  data: Record<string, unknown>
}

/** An event, what its leaf commits to, and the leaf. */
export type TestLeaf = {
  event: TestEvent
  json: string
  salt: Buffer
  facts: Hash
  record: Buffer
  hash: Hash
}

const baseMs = Date.UTC(2026, 10, 28)

export function eventsOf(count: number): TestEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `01900000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    type: `airs.kind-${index % 3}.v1`,
    time: new Date(baseMs + 1_000 * index).toISOString(),
    tenant: 'default',
    ...(index % 5 !== 4 && {
      exchange: `exchange-${index >> 1}`,
      journal: `j${index % 2}`,
      sequence: (index >> 1) + 1,
    }),
    data: { text: `grüße "${index}" ${'x'.repeat(index % 7)}`, status: 200 },
  }))
}

/** A log over events, in the order of `order` (leaf → event), with a signed checkpoint. */
export function makeLog(
  events: TestEvent[],
  { order = events.map((_, at) => at), signer = createSigner('test/log', 'ed25519') } = {},
) {
  const leaves = order.map((at) => toLeaf(events[at]!))
  const frontier = new Frontier()
  for (const { hash } of leaves) frontier.append(hash)
  const note = signNote(
    checkpointText({ origin: signer.key.name, size: leaves.length, root: frontier.root() }),
    [signer],
  )
  return { leaves, note, signer, key: formatVerifierKey(signer.key), root: frontier.root() }
}

export type TestLog = ReturnType<typeof makeLog>

function toLeaf(event: TestEvent): TestLeaf {
  const json = JSON.stringify(event)
  const salt = randomBytes(32)
  const facts = saltedDigest(factsSalt(salt), factsOf(event, salt))
  const record = leafRecord(event, saltedDigest(salt, json), facts)
  return { event, json, salt, facts, record, hash: leafHash(record) }
}

export type TestExport = { rows: string[]; lines: ProofLine[]; manifest: Manifest }

/** What an export of the events of a log is whose leaves `isRow` lets through, as the export service writes it. */
export function makeExport(
  { leaves, note }: TestLog,
  {
    isRow = () => true,
    from = null,
    until = null,
    filters = {},
    erased = () => false,
    archive,
  }: {
    isRow?: (leaf: TestLeaf, index: number) => boolean
    from?: string | null
    until?: string | null
    filters?: Manifest['filters']
    erased?: (leaf: TestLeaf) => boolean
    /** As a day of the archive, though as JSON Lines: rows are in the order of the log. */
    archive?: Manifest['archive']
  } = {},
): TestExport {
  const chosen = leaves
    .map((leaf, index) => ({ ...leaf, index }))
    .filter(({ index, ...leaf }) => isRow(leaf, index))
    .sort((a, b) =>
      archive ? a.index - b.index : a.event.time + a.event.id < b.event.time + b.event.id ? -1 : 1,
    )
  const isFiltered = Object.keys(filters).length > 0 || archive !== undefined
  const isEverything = from === null && until === null
  const indexes = new SequenceRanges()
  for (const { index } of [...chosen].sort((a, b) => a.index - b.index)) indexes.add(index + 1)
  const ranges = indexes.ranges().map(([first, last]) => ({ from: first - 1, to: last }))
  const window = isEverything
    ? { from: 0, to: leaves.length }
    : ranges.length === 0
      ? windowAround(leaves, from, until)
      : { from: Math.max(0, ranges[0]!.from - 1), to: Math.min(leaves.length, ranges.at(-1)!.to + 1) }
  const isShown = new Set(chosen.map(({ index }) => index))
  const entries: ProofLine[] = isFiltered
    ? []
    : leaves.flatMap(({ record }, index) =>
        index >= window.from && index < window.to && !isShown.has(index)
          ? [{ kind: 'entry', index, record }]
          : [],
      )
  const nodes: ProofLine[] = [...nodesBeside(isFiltered ? ranges : [window], leaves.length)].map(
    ({ level, index }) => {
      const hashes = leaves.slice(index * 2 ** level, (index + 1) * 2 ** level).map(({ hash }) => hash)
      return { kind: 'node', level, index, hash: hashOfSpan(Buffer.concat(hashes)) }
    },
  )
  return {
    rows: chosen.map(({ index: _, ...leaf }) => (erased(leaf) ? factsOf(leaf.event, leaf.salt) : leaf.json)),
    lines: [
      ...chosen.map(
        ({ index, salt, facts, hash, ...leaf }): ProofLine =>
          erased({ salt, facts, hash, ...leaf })
            ? {
                kind: 'erased',
                index,
                event: saltedDigest(salt, leaf.json),
                factsSalt: factsSalt(salt),
                leaf: hash,
              }
            : { kind: 'recorded', index, salt, facts, leaf: hash },
      ),
      ...entries,
      ...nodes,
    ],
    manifest: {
      manifest: 'airs-export/1',
      kind: 'events',
      format: 'jsonl',
      compression: 'none',
      includeLineage: false,
      from,
      until,
      filters,
      rows: 0,
      counts: {},
      first: null,
      last: null,
      journals: null,
      content: { bytes: 0, sha256: '' },
      files: [],
      proof: { format: proofHeading, checkpoint: note, name: 'x', bytes: 0, sha256: '' },
      ...(archive && { archive }),
      made: { exportId: 'x', at: '', by: 'test', software: { name: 'airs-cp', version: '0.2.0' } },
    },
  }
}

/** Of a range without a row: from the leaf before it to the one behind it. */
function windowAround(leaves: TestLeaf[], from: string | null, until: string | null) {
  const before = leaves.findLastIndex(({ event }) => from !== null && event.time < from)
  const behind = leaves.findIndex(({ event }) => until !== null && event.time >= until)
  return {
    from: before < 0 ? 0 : behind < 0 ? leaves.length - 1 : behind - 1,
    to: behind < 0 ? leaves.length : behind + 1,
  }
}

/** Writes an export with a manifest that is made to fit, as a forger would. */
export function writeExport(
  directory: string,
  { rows, lines, manifest }: TestExport,
  compression: Manifest['compression'] = 'none',
): string {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, 'events.jsonl')
  const content = Buffer.from(rows.map((row) => `${row}\n`).join(''))
  const whole = compression === 'gzip' ? gzipSync(content) : content
  const proof = Buffer.from(
    [proofHeading, ...lines.map(formatProofLine)].map((line) => `${line}\n`).join(''),
    'latin1',
  )
  const tally = new Tally()
  for (const row of rows) {
    try {
      const { type, ...event } = JSON.parse(row) as TestEvent
      tally.add({ ...event, label: type })
    } catch {
      // It is no row, which the verifiers will say.
    }
  }
  const { counts, first, last } = tally.state()
  writeFileSync(file, whole)
  writeFileSync(proofName(file), proof)
  const own: Manifest = {
    ...manifest,
    compression,
    rows: rows.length,
    counts,
    first,
    last,
    journals: Object.keys(manifest.filters).length > 0 ? null : tally.journals(),
    content: measure(content),
    files: [{ name: 'events.jsonl', ...measure(whole) }],
    ...(manifest.proof && { proof: { ...manifest.proof, ...measure(proof) } }),
  }
  writeFileSync(manifestName(file), JSON.stringify(own, null, 2))
  return file
}

function measure(bytes: Buffer) {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

export function resign(note: string, signer: Signer): string {
  return signNote(note.slice(0, note.lastIndexOf('\n\n') + 1), [signer])
}
