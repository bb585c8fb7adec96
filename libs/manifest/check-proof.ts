import { eventTypes } from '@airs-cp/events'
import { type LeafAttributes, leafRecord, saltedDigest } from '@airs-cp/evidence'
import { AssemblyError, leafHash, parseNote, TreeAssembly, type VerifierKey } from '@airs-cp/transparency-log'
import { CheckpointProblem, checkCheckpoint, type SignedCheckpoint } from './check-checkpoint.ts'
import { readDropRecord } from './drop-record.ts'
import type { Manifest } from './manifest.ts'
import { type ProofLine, parseProofLine, proofHeading, type RowProof } from './proof-file.ts'

/** What an export proves beyond its manifest. */
export type Proven = {
  /** The checkpoint, and which trusted keys have signed it; undefined where none has. */
  checkpoint: SignedCheckpoint | undefined
  /** Rows that are leaves under that checkpoint, erased ones included. */
  rows: number
  erased: number
  /** Rows that the log had no leaf for. */
  unproven: number
  /** Leaves of the range whose events were dropped, as signed records say. */
  dropped: number
  /** Whether every leaf of the log that lies within the range is a row, or was dropped. Null: the export was filtered. */
  isComplete: boolean | null
}

type Row = { number: number; id: string; line: Buffer; attributes: LeafAttributes }

/**
 * Checks rows, in their order, against the lines of their proof, and those against the root of a signed checkpoint. Keeps a
 * row, a line and the edges of what it has put together.
 */
export function createProofCheck(
  manifest: Manifest,
  lines: AsyncIterator<Buffer>,
  keys: readonly VerifierKey[],
  complain: (problem: string) => void,
) {
  const assembly = new TreeAssembly()
  const proven: Proven = {
    checkpoint: undefined,
    ...{ rows: 0, erased: 0, unproven: 0, dropped: 0 },
    isComplete: null,
  }
  let lineNumber = 0
  /** The next line, read but not used. */
  let ahead: ProofLine | undefined
  /** A row that does not fit its line: it was changed, unless the next row fits that line. */
  let held: { row: Row; proof: RowProof } | undefined
  let isAssembled = true
  let edges: { first: number; last: number } | undefined

  async function peek(): Promise<ProofLine | undefined> {
    while (!ahead) {
      const { done, value } = await lines.next()
      if (done) return undefined
      lineNumber++
      if (lineNumber === 1) {
        if (value.toString('latin1') !== proofHeading)
          complain(`Proof: its first line is not ${proofHeading}`)
        continue
      }
      ahead = parseProofLine(value)
      if (!ahead) complain(`Proof: line ${lineNumber} cannot be read`)
    }
    return ahead
  }

  /** @param row whose line it should be. */
  async function takeRowLine(row?: Row): Promise<RowProof | undefined> {
    const line = await peek()
    if (line?.kind !== 'recorded' && line?.kind !== 'erased' && line?.kind !== 'unproven') return undefined
    ahead = undefined
    if (line.kind === 'unproven') return line
    assemble(0, line.index, line.leaf)
    if (!row || !isPieceOutside(row.attributes, manifest))
      edges = {
        first: Math.min(edges?.first ?? line.index, line.index),
        last: Math.max(edges?.last ?? line.index, line.index),
      }
    return line
  }

  function assemble(level: number, index: number, hash: Buffer): void {
    try {
      assembly.add({ level, index }, hash)
    } catch (error) {
      if (!(error instanceof AssemblyError)) throw error
      isAssembled = false
    }
  }

  function accept(proof: RowProof): void {
    if (proof.kind === 'unproven') proven.unproven++
    else proven.rows++
    if (proof.kind === 'erased') proven.erased++
  }

  const nameOf = ({ number, id }: Row) => `Row ${number.toLocaleString('en')} (${id})`

  function changed({ row, proof }: { row: Row; proof: RowProof }): void {
    const leaf = proof.kind === 'unproven' ? '' : ` leaf ${proof.index.toLocaleString('en')}`
    complain(`${nameOf(row)}: its bytes are not those that were recorded as${leaf}`)
  }

  return {
    async row(row: Row): Promise<void> {
      if (held && fits(row, held.proof)) {
        complain(`${nameOf(held.row)}: it was inserted; the log has no such event here`)
        accept(held.proof)
        held = undefined
        return
      }
      if (held) changed(held)
      held = undefined
      const proof = await takeRowLine(row)
      if (!proof) return complain(`${nameOf(row)}: it was inserted; the log has no such event here`)
      if (fits(row, proof)) return accept(proof)
      const next = await peek()
      if (next && isRowProof(next) && next.kind !== 'unproven' && fits(row, next)) {
        complain(`Before ${nameOf(row).replace('R', 'r')}: a row was left out${leafOf(proof)}`)
        return accept((await takeRowLine(row))!)
      }
      held = { row, proof }
    },

    async end(): Promise<Proven> {
      if (held) changed(held)
      for (let proof = await takeRowLine(); proof; proof = await takeRowLine())
        complain(`At the end: a row was left out${leafOf(proof)}`)
      if (proven.unproven > 0)
        complain(`Rows without a leaf under the checkpoint: ${proven.unproven.toLocaleString('en')}`)
      const shown = createCoverage(manifest, edges, complain)
      for (let line = await peek(); line; line = await peek()) {
        ahead = undefined
        if (line.kind === 'node') {
          shown.node(line.level, line.index)
          assemble(line.level, line.index, line.hash)
        } else if (line.kind === 'entry') {
          shown.entry(line.index, line.record)
          assemble(0, line.index, leafHash(line.record))
        } else if (line.kind === 'drop') takeDrop(line.note, shown)
        else complain('Proof: a row is not where it belongs')
      }
      await checkRoot()
      const { size } = proven.checkpoint ?? {}
      return {
        ...proven,
        dropped: shown.dropped(),
        isComplete: size === undefined ? null : shown.isComplete(),
      }
    },
  }

  function takeDrop(note: string, shown: Coverage): void {
    try {
      const { origin, record } = readDropRecord(note, keys)
      const [own] = parseNote(manifest.proof!.checkpoint).text.split('\n')
      if (origin === own) shown.drop(record.leaves)
      else complain(`Proof: the record of a drop is of log ${origin}, and the checkpoint of ${own}`)
    } catch (error) {
      if (!(error instanceof CheckpointProblem)) throw error
      complain(`Proof: the record of a drop is not to be believed. ${error.message}`)
    }
  }

  async function checkRoot(): Promise<void> {
    try {
      const checkpoint = checkCheckpoint(manifest.proof!.checkpoint, keys)
      proven.checkpoint = checkpoint
      if (!isAssembled) return complain('Root: a leaf is there twice')
      const root = assembly.root(checkpoint.size)
      if (!root.equals(checkpoint.root))
        complain(
          `Root: rows and proof lead to ${root.toString('base64')}, and the checkpoint has ${checkpoint.root.toString('base64')}: they were changed together, or are of another log`,
        )
    } catch (error) {
      if (error instanceof CheckpointProblem) complain(error.message)
      else if (error instanceof AssemblyError)
        complain('Root: the proof has too few or too many leaves for the tree of the checkpoint')
      else throw error
    }
  }
}

export type ProofCheck = ReturnType<typeof createProofCheck>

function isRowProof(line: ProofLine): line is RowProof {
  return line.kind !== 'node' && line.kind !== 'entry' && line.kind !== 'drop'
}

function leafOf(proof: RowProof): string {
  return proof.kind === 'unproven' ? '' : `, leaf ${proof.index.toLocaleString('en')} of the log`
}

/** Whether the bytes of a row are those that its leaf commits to. */
function fits({ line, attributes }: Row, proof: RowProof): boolean {
  if (proof.kind === 'unproven') return true
  const [event, facts] =
    proof.kind === 'recorded'
      ? [saltedDigest(proof.salt, line), proof.facts]
      : [proof.event, saltedDigest(proof.factsSalt, line)]
  return leafHash(leafRecord(attributes, event, facts)).equals(proof.leaf)
}

/**
 * Whether leaves were left out of an export that says it has all of its range: between its first leaf and its last, and
 * beside them, each leaf is a row, or is shown and lies outside, or was dropped as a signed record says. Of a range without a row it is
 * those from a leaf before the range to one behind it, or to an end of the log. An archived day has the leaves that its manifest names,
 * and no others.
 */
function createCoverage(
  { from, until, filters, archive }: Manifest,
  edges: { first: number; last: number } | undefined,
  complain: (problem: string) => void,
) {
  const isFiltered = Object.values(filters).some((value) => value !== undefined)
  let isWhole = true
  const leftOut = (index: number, what: string) => {
    isWhole = false
    if (!isFiltered) complain(`Leaf ${index.toLocaleString('en')} was left out: ${what}`)
  }
  let { begin, end } = leavesToShow()
  /** Entries may still say from where to where it is. */
  let isOpen = !archive && !edges && (from !== null || until !== null)
  if (archive && (edges?.first !== begin || edges.last !== end - 1)) {
    isWhole = false
    complain(
      `Leaves: expected ${rangeOf(begin, end - 1)}, found ${edges ? rangeOf(edges.first, edges.last) : ''}`,
    )
  }
  let drops: [from: number, until: number][] = []
  let dropped = 0
  return {
    drop(leaves: readonly [from: number, until: number][]): void {
      drops = merged([...drops, ...leaves])
    },
    node(level: number, index: number): void {
      isOpen = false
      const first = Math.max(index * 2 ** level, begin)
      const behind = Math.min((index + 1) * 2 ** level, end)
      if (first >= behind) return
      if (drops.some(([from, until]) => from <= first && until >= behind)) dropped += behind - first
      else leftOut(index * 2 ** level, 'the export says nothing of it')
    },
    dropped: () => (isFiltered ? 0 : dropped),
    entry(index: number, record: Buffer): void {
      const { type, time } = readRecord(record)
      if (isOpen && isBefore(time, from)) [begin, end] = [index, Number.MAX_SAFE_INTEGER]
      else if (isOpen && isBehind(time, until) && index >= begin) end = index + 1
      const outside = archive ? index < begin || index >= end : isOutside(time, from, until)
      if (!outside) leftOut(index, `${type} of ${time}`)
    },
    isComplete: () => (isFiltered ? null : isWhole),
  }

  /** Each of these is a row, or is accounted for. */
  function leavesToShow(): { begin: number; end: number } {
    if (archive) return { begin: archive.leaves.from, end: archive.leaves.until }
    if (!edges || (from === null && until === null)) return { begin: 0, end: Number.MAX_SAFE_INTEGER }
    return { begin: edges.first - 1, end: edges.last + 2 }
  }
}

function rangeOf(first: number, last: number): string {
  return `${first.toLocaleString('en')} to ${last.toLocaleString('en')}`
}

type Coverage = ReturnType<typeof createCoverage>

function merged(ranges: [from: number, until: number][]): [from: number, until: number][] {
  const apart: [from: number, until: number][] = []
  for (const [from, until] of ranges.sort(([a], [b]) => a - b)) {
    const last = apart.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], until)
    else apart.push([from, until])
  }
  return apart
}

function readRecord(record: Buffer): { type: string; time: string } {
  try {
    const { type, time } = JSON.parse(record.toString('latin1')) as Record<string, unknown>
    return { type: String(type), time: String(time) }
  } catch {
    return { type: 'an entry that cannot be read', time: 'an unknown time' }
  }
}

/** Pieces of content that rows of the range refer to are rows too, wherever they were recorded. */
function isPieceOutside({ type, time }: LeafAttributes, { from, until }: Manifest): boolean {
  return type === eventTypes.contentRecorded && isOutside(time, from, until)
}

function isOutside(time: string, from: string | null, until: string | null): boolean {
  return isBefore(time, from) || isBehind(time, until)
}

function isBefore(time: string, from: string | null): boolean {
  return from !== null && Date.parse(time) < Date.parse(from)
}

function isBehind(time: string, until: string | null): boolean {
  return until !== null && Date.parse(time) >= Date.parse(until)
}
