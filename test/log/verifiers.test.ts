import assert from 'node:assert/strict'
import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { type DropRecord, dropText, formatProofLine, manifestName } from '@airs-cp/manifest'
import {
  createSigner,
  formatVerifierKey,
  hashOfSpan,
  leafHash,
  nodeHash,
  nodesBeside,
  parseNote,
  type Signer,
  signatureLine,
  signNote,
} from '@airs-cp/transparency-log'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { verifyWithAirs, verifyWithBoth, verifyWithPython } from './both-verifiers.ts'
import {
  eventsOf,
  makeExport,
  makeLog,
  resign,
  type TestExport,
  type TestLog,
  writeExport,
} from './make-proven-export.ts'

/** Leaves in another order than rows, as arrivals have it. */
const order = [1, 0, 2, 3, 5, 4, 6, 7, 8, 9, 10, 12, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22]
const from = '2026-11-28T00:00:05.000Z'
const until = '2026-11-28T00:00:15.000Z'

type Case = {
  name: string
  of?: Parameters<typeof makeExport>[1]
  compression?: 'gzip'
  change?: (exported: TestExport, log: TestLog) => void
  keys?: (log: TestLog) => string[]
  says: (RegExp | string)[]
}

const other = createSigner('test/log', 'ed25519')
const elsewhere = createSigner('test/other', 'ed25519')
const isBetween = ({ event }: { event: { time: string } }) => event.time >= from && event.time < until
const day = {
  isRow: (_: unknown, index: number) => index >= 5 && index < 12,
  archive: { day: '2026-11-28', leaves: { from: 5, until: 12 } },
}
const textOf = (row: string) => row.replace('grüße', 'Grüße')
const changeRow = (exported: TestExport, at: number) => {
  exported.rows[at] = textOf(exported.rows[at]!)
}

function recordOfDrop(leaves: DropRecord['leaves'], by: Signer): string {
  const record: DropRecord = {
    ...{ id: 'drop-1', day: '2026-11-28', sealedAt: until, events: 2, kept: 0 },
    log: { origin: by.key.name, firstLeaf: leaves[0]![0], untilLeaf: leaves.at(-1)![1], root: 'x' },
    ...{
      requests: 1,
      refusedRequests: 0,
      outcomes: 1,
      first: from,
      last: until,
      journals: [],
      leaves,
    },
  }
  return signNote(dropText(record), [by])
}

/** Rows 8 and 9 are dropped: of their leaves, 8 and 9, the export has hashes and a record that names these. */
function drop(
  exported: TestExport,
  { leaves, signer }: TestLog,
  { named = [[8, 10]], by = signer }: { named?: DropRecord['leaves']; by?: Signer } = {},
): void {
  const at = exported.rows.indexOf(leaves[8]!.json)
  exported.rows.splice(at, 2)
  exported.lines.splice(at, 2)
  exported.lines.push(
    { kind: 'drop', note: recordOfDrop(named, by) },
    { kind: 'node', level: 1, index: 4, hash: nodeHash(leaves[8]!.hash, leaves[9]!.hash) },
  )
}

/** No row is left of a range, and the manifest says so: entries are of some leaves, and all others are hashes. */
function takeAllOut(exported: TestExport, { leaves }: TestLog, shown: number[]): void {
  exported.rows = []
  const ranges = shown.toSorted((a, b) => a - b).map((at) => ({ from: at, to: at + 1 }))
  exported.lines = [
    ...shown.map((index) => ({ kind: 'entry' as const, index, record: leaves[index]!.record })),
    ...[...nodesBeside(ranges, leaves.length)].map(({ level, index }) => ({
      ...{ kind: 'node' as const, level, index },
      hash: hashOfSpan(
        Buffer.concat(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level).map(({ hash }) => hash)),
      ),
    })),
  ]
}

const cases: Case[] = [
  {
    name: 'one of which leaves were dropped on record',
    change: (exported, log) => drop(exported, log),
    says: [],
  },
  {
    name: 'a range of which leaves were dropped on records that name them one by one',
    of: { from, until, isRow: isBetween },
    change: (exported, log) =>
      drop(exported, log, {
        named: [
          [9, 10],
          [8, 9],
        ],
      }),
    says: [],
  },
  {
    name: 'leaves that are gone, and a record that names one of them',
    change: (exported, log) => drop(exported, log, { named: [[8, 9]] }),
    says: [/^Leaf 8 was left out: the export says nothing of it$/],
  },
  {
    name: 'leaves that are gone, and a record that somebody else signed',
    change: (exported, log) => drop(exported, log, { by: other }),
    says: [
      /^Proof: the record of a drop is not to be believed\. Signature: no trusted key/,
      /^Leaf 8 was left out/,
    ],
  },
  {
    name: 'leaves that are gone, and a record of another log, whose key is trusted too',
    change: (exported, log) => drop(exported, log, { by: elsewhere }),
    keys: ({ key }) => [key, formatVerifierKey(elsewhere.key)],
    says: [
      /^Proof: the record of a drop is of log test\/other, and the checkpoint of test\/log$/,
      /^Leaf 8 was left out/,
    ],
  },
  { name: 'an export of everything', says: [] },
  { name: 'a compressed one', compression: 'gzip', says: [] },
  { name: 'a range', of: { from, until, isRow: isBetween }, says: [] },
  { name: 'an archived day', of: day, says: [] },
  {
    name: 'an archived day that says it begins earlier',
    of: { ...day, archive: { ...day.archive, leaves: { from: 4, until: 12 } } },
    says: [
      /^Leaves: expected 4 to 11, found 5 to 11$/,
      /^Leaf 4 was left out: the export says nothing of it$/,
    ],
  },
  {
    name: 'an archived day that says it ends earlier',
    of: { ...day, archive: { ...day.archive, leaves: { from: 5, until: 11 } } },
    says: [/^Leaves: expected 5 to 10, found 5 to 11$/],
  },
  {
    name: 'an archived day without one of its leaves',
    of: { ...day, isRow: (_, index) => index >= 5 && index < 12 && index !== 7 },
    says: [/^Leaf 7 was left out: the export says nothing of it$/],
  },
  {
    name: 'an archived day of which a leaf is shown in place of its row',
    of: day,
    change(exported, { leaves }) {
      const at = exported.rows.indexOf(leaves[7]!.json)
      exported.rows.splice(at, 1)
      exported.lines.splice(at, 1)
      exported.lines.push({ kind: 'entry', index: 7, record: leaves[7]!.record })
    },
    says: [/^Leaf 7 was left out: airs\.kind-1\.v1 of /],
  },
  {
    name: 'an archived day that is passed off as an export of everything',
    of: day,
    change(exported) {
      delete exported.manifest.archive
    },
    says: [/^Leaf 0 was left out/, /^Leaf 4 was left out/, /^Leaf 12 was left out/, /^Leaf 16 was left out/],
  },
  { name: 'an open range', of: { from, isRow: ({ event }) => event.time >= from }, says: [] },
  ...Object.entries({
    'between two leaves': ['2026-11-28T00:00:07.001Z', '2026-11-28T00:00:07.999Z'],
    'before all leaves': ['2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z'],
    'behind all leaves': ['2026-11-29T00:00:00.000Z', '2026-11-30T00:00:00.000Z'],
    'that has no end': ['2026-11-29T00:00:00.000Z', null],
    'that has no beginning': [null, '2026-11-20T00:00:00.000Z'],
  } as const).map(
    ([name, [from, until]]): Case => ({
      name: `a range without a row, ${name}`,
      of: { from, until, isRow: () => false },
      says: [],
    }),
  ),
  {
    name: 'a range of which every leaf was dropped on record',
    of: { from, until, isRow: isBetween },
    change(exported, log) {
      takeAllOut(exported, log, [3, 15])
      exported.lines.unshift({ kind: 'drop', note: recordOfDrop([[4, 15]], log.signer) })
    },
    says: [],
  },
  {
    name: 'a range of which every row was taken out',
    of: { from, until, isRow: isBetween },
    change: (exported, log) => takeAllOut(exported, log, []),
    says: [/^Leaf 0 was left out: the export says nothing of it$/],
  },
  {
    name: 'a range of which every row was taken out, and the leaves beside it are shown',
    of: { from, until, isRow: isBetween },
    change: (exported, log) => takeAllOut(exported, log, [3, 15]),
    says: [/^Leaf 4 was left out: the export says nothing of it$/, /^Leaf 14 was left out/],
  },
  {
    name: 'a range of which every row was taken out, and a leaf behind it is shown before one before it',
    of: { from, until, isRow: isBetween },
    change: (exported, log) => takeAllOut(exported, log, [15, 3]),
    says: [/^Leaf 4 was left out/, /^Leaf 14 was left out/, /^Leaf 16 was left out/],
  },
  {
    name: 'a range of which every row was taken out, and what is beside it is shown when that is too late',
    of: { from, until, isRow: isBetween },
    change(exported, log) {
      takeAllOut(exported, log, [2, 3])
      exported.lines.push(exported.lines.splice(0, 1)[0]!)
    },
    says: [/^Leaf 4 was left out/],
  },
  {
    name: 'a filtered one',
    of: { filters: { session: 's' }, isRow: (_, index) => index % 4 === 1 },
    says: [],
  },
  { name: 'one of which rows were erased', of: { erased: ({ event }) => event.sequence === 3 }, says: [] },
  {
    name: 'an erased row that says something else',
    of: { erased: ({ event }) => event.sequence === 3 },
    change: (exported) => {
      exported.rows[4] = exported.rows[4]!.replace('200', '201')
    },
    says: [
      /^Row 5 \(01900000-0000-7000-8000-000000000004\): its bytes are not those that were recorded as leaf 5$/,
    ],
  },
  {
    name: 'a changed row, and a manifest that fits it',
    change: (exported) => changeRow(exported, 6),
    says: [/^Row 7 .*: its bytes are not those that were recorded as leaf 6$/],
  },
  {
    name: 'a changed first row and a changed last row',
    change: (exported) => {
      changeRow(exported, 0)
      changeRow(exported, 22)
    },
    says: [/^Row 1 .* leaf 1$/, /^Row 23 .* leaf 22$/],
  },
  {
    name: 'another tenant in a row',
    change: (exported) => {
      exported.rows[2] = exported.rows[2]!.replace('"default"', '"another"')
    },
    says: [/^Row 3 .* leaf 2$/],
  },
  {
    name: 'a space between members',
    change: (exported) => {
      exported.rows[2] = exported.rows[2]!.replace(':', ': ')
    },
    says: [/^Row 3 /],
  },
  {
    name: 'a row that was left out, its proof not',
    change: (exported) => void exported.rows.splice(8, 1),
    says: [/^Before row 9 \(.*\): a row was left out, leaf 8 of the log$/],
  },
  {
    name: 'the last row left out, its proof not',
    change: (exported) => void exported.rows.pop(),
    says: [/^At the end: a row was left out, leaf 22 of the log$/],
  },
  {
    name: 'a row that was left out, and its proof too',
    change: (exported) => {
      exported.rows.splice(8, 1)
      exported.lines.splice(8, 1)
    },
    says: [/^Root: the proof has too few or too many leaves/],
  },
  {
    name: 'a row that was left out, and an entry in its place',
    change: (exported, { leaves }) => {
      exported.rows.splice(8, 1)
      exported.lines.splice(8, 1)
      exported.lines.push({ kind: 'entry', index: 8, record: leaves[8]!.record })
    },
    says: [/^Leaf 8 was left out: airs\.kind-2\.v1 of 2026-11-28T00:00:08\.000Z$/],
  },
  {
    name: 'a row that was left out, and its hash in its place',
    change: (exported, { leaves }) => {
      exported.rows.splice(8, 1)
      exported.lines.splice(8, 1)
      exported.lines.push({ kind: 'node', level: 0, index: 8, hash: leaves[8]!.hash })
    },
    says: [/^Leaf 8 was left out: the export says nothing of it$/],
  },
  {
    name: 'the last row of a range left out, and its hash in its place',
    of: { from, until, isRow: isBetween },
    change: (exported, { leaves }) => {
      exported.rows.splice(9, 1)
      exported.lines.splice(9, 1)
      exported.lines.push({ kind: 'node', level: 0, index: 14, hash: leaves[14]!.hash })
    },
    says: [/^Leaf 14 was left out/],
  },
  {
    name: 'a row of a range left out, and a lie about its time in its place',
    of: { from, until, isRow: isBetween },
    change: (exported, { leaves }) => {
      exported.rows.splice(4, 1)
      exported.lines.splice(4, 1)
      const record = Buffer.from(leaves[9]!.record.toString().replace('2026-11-28', '2026-11-20'))
      exported.lines.push({ kind: 'entry', index: 9, record })
    },
    says: [/^Root: rows and proof lead to /],
  },
  {
    name: 'an inserted row',
    change: (exported) =>
      void exported.rows.splice(
        5,
        0,
        exported.rows[4]!.replaceAll('000000000004', '0000000000040').replace(
          '"sequence":3',
          '"sequence":99',
        ),
      ),
    says: [/^Row 6 \(.*\): it was inserted; the log has no such event here$/],
  },
  {
    name: 'a row behind the last',
    change: (exported) =>
      void exported.rows.push(
        exported.rows[22]!.replaceAll('000000000022', '000000000023').replace(
          '"sequence":12',
          '"sequence":99',
        ),
      ),
    says: [/^Row 24 \(.*\): it was inserted/],
  },
  {
    name: 'a row twice, with its proof',
    change: (exported) => {
      exported.rows.splice(5, 0, exported.rows[4]!)
      exported.lines.splice(5, 0, exported.lines[4]!)
    },
    says: [/^Line 6 does not come after/, /^Root: /],
  },
  {
    name: 'rows in another order',
    change: (exported) => {
      const [row] = exported.rows.splice(3, 1)
      exported.rows.splice(7, 0, row!)
    },
    says: [/^Before row 4 /, /does not come after the line before it$/, /^Row 8 .* inserted/],
  },
  {
    name: 'a row that is no JSON',
    change: (exported) => {
      exported.rows[3] = exported.rows[3]!.slice(1)
    },
    says: [/^Line 4 is not a row of events/, /^Before row 5 /],
  },
  {
    name: 'a changed row, and a leaf that fits it',
    change: (exported, log) => {
      changeRow(exported, 6)
      const line = exported.lines[6]!
      if (line.kind !== 'recorded') throw new Error('a row is expected')
      const event = { ...log.leaves[6]!.event, data: JSON.parse(exported.rows[6]!).data }
      const forged = makeLog([event]).leaves[0]!
      exported.lines[6] = { ...line, salt: forged.salt, facts: forged.facts, leaf: forged.hash }
    },
    says: [/^Root: rows and proof lead to .*: they were changed together, or are of another log$/],
  },
  {
    name: 'a whole other log in its place, signed with another key of the same name',
    change: (exported, log) => {
      const forged = makeLog(
        log.leaves.map(({ event }) => ({ ...event, data: {} })),
        { signer: other },
      )
      Object.assign(exported, makeExport(forged))
    },
    says: [/^Signature: no trusted key has signed it; it claims test\/log\+[0-9a-f]{8}$/],
  },
  {
    name: 'a checkpoint of another log, whose key is trusted too',
    change: (exported) => {
      exported.manifest.proof!.checkpoint = resign(exported.manifest.proof!.checkpoint, elsewhere)
    },
    keys: () => [formatVerifierKey(elsewhere.key)],
    says: [/^Checkpoint: it is of log test\/log, and the trusted key is of log test\/other$/],
  },
  {
    name: 'a checkpoint whose size was changed',
    change: (exported) => {
      exported.manifest.proof!.checkpoint = exported.manifest.proof!.checkpoint.replace('\n23\n', '\n22\n')
    },
    says: [/^Signature: the signature of key test\/log\+[0-9a-f]{8} does not hold$/],
  },
  {
    name: 'a checkpoint that is none',
    change: (exported) => {
      exported.manifest.proof!.checkpoint = 'nothing'
    },
    says: [/^Signature: this is not a signed note$/],
  },
  {
    name: 'a checkpoint of before the last rows',
    change: (exported, log) => {
      exported.manifest.proof!.checkpoint = makeLog(
        log.leaves.slice(0, 20).map(({ event }) => event),
        { signer: log.signer },
      ).note
    },
    says: [/^Root: /],
  },
  { name: 'no trusted key', keys: () => [], says: [/^Signature: no trusted key has signed it/] },
  {
    name: 'a row that the log has no leaf for',
    change: (exported) => {
      exported.lines[3] = { kind: 'unproven' }
    },
    says: [/^Rows without a leaf under the checkpoint: 1$/, /^Root: /],
  },
  {
    name: 'a proof that was cut',
    change: (exported) => void exported.lines.splice(20),
    says: [/^Row 21 .*inserted/, /^Row 22 /, /^Row 23 /, /^Root: /],
  },
  {
    name: 'a proof with a row too much behind its entries',
    of: { from, until, isRow: isBetween },
    change: (exported) => {
      exported.lines.push(exported.lines[0]!)
    },
    says: [/^Proof: a row is not where it belongs$/],
  },
  {
    name: 'a leaf that is there twice',
    of: { filters: { session: 's' }, isRow: (_, index) => index % 4 === 1 },
    change: (exported, { leaves }) => {
      exported.lines.push({ kind: 'entry', index: 1, record: leaves[1]!.record })
    },
    says: [/^Root: /],
  },
  {
    name: 'no proof where there should be one',
    change: (exported) => {
      exported.manifest.proof = undefined
    },
    says: [/has no proof/],
  },
  {
    name: 'no proof, and a manifest that says it is of an old version, where a key is given',
    change: (exported) => {
      exported.manifest.proof = undefined
      exported.manifest.made.software.version = '0.1.0'
    },
    says: [/^It has no proof$/],
  },
]

describe('both verifiers', () => {
  const directory = makeTemporaryDirectory()
  after(() => directory.remove())
  const log = makeLog(eventsOf(order.length), { order })

  test('compare the same leaves', () => {
    assert.ok(log.leaves.every(({ record, hash }) => leafHash(record).equals(hash)))
    assert.match(formatProofLine({ kind: 'unproven' }), /^u$/)
  })

  for (const [index, { name, of, compression, change, keys, says }] of cases.entries())
    test(`${says.length === 0 ? 'accept' : 'refuse, with the same words,'} ${name}`, async () => {
      const exported = makeExport(log, of)
      change?.(exported, log)
      const file = writeExport(join(directory.path, String(index)), exported, compression)
      const verdict = await verifyWithBoth(file, keys?.(log) ?? [log.key], directory.path)
      assert.equal(verdict.valid, says.length === 0, verdict.problems.join('\n'))
      for (const pattern of says) assert.match(verdict.problems.join('\n'), new RegExp(pattern, 'm'))
    })

  test('refuse, with the same words, a file that is longer than its manifest says', async () => {
    const file = writeExport(join(directory.path, 'longer'), makeExport(log))
    appendFileSync(file, '\n')
    const { problems } = await verifyWithBoth(file, [log.key], directory.path)
    assert.match(problems.join('\n'), /^File size: expected [\d,]+ bytes, found [\d,]+$/m)
  })

  test('name the file that is missing or is no manifest', async () => {
    const file = writeExport(join(directory.path, 'incomplete'), makeExport(log))
    writeFileSync(manifestName(file), '{')
    await assert.rejects(verifyWithAirs(file, [log.key], directory.path), /manifest\.json .*: it is not JSON/)
    rmSync(manifestName(file))
    await assert.rejects(
      verifyWithAirs(file, [log.key], directory.path),
      /There is no manifest .*manifest\.json/,
    )
    assert.deepEqual((await verifyWithPython(file, [log.key])).problems, [
      `${manifestName(file)} cannot be read: No such file or directory`,
    ])
  })

  test('airs verify asks for a quorum of witnesses where a policy does', async () => {
    const witness = createSigner('test/witness', 'cosignature-ed25519')
    const policy = join(directory.path, 'policy')
    writeFileSync(policy, `log ${log.key}\nwitness one ${formatVerifierKey(witness.key)}\nquorum one\n`)
    const exported = makeExport(log)
    const verify = async () => {
      const file = writeExport(join(directory.path, 'witnessed'), exported)
      return verifyWithAirs(file, [], directory.path, ['--policy', policy])
    }
    assert.deepEqual((await verify()).problems, [
      'Witnesses: the policy asks for one, and the checkpoint was cosigned by none',
    ])
    const text = parseNote(log.note).text
    exported.manifest.proof!.checkpoint = log.note + signatureLine(witness, text)
    assert.deepEqual((await verify()).problems, [])
    const liar = createSigner('test/witness', 'cosignature-ed25519')
    exported.manifest.proof!.checkpoint = log.note + signatureLine(liar, text)
    assert.equal((await verify()).valid, false)
  })

  test('accept an export of 0.1.0 as what it is, which is nothing proven', async () => {
    const exported = makeExport(log)
    exported.manifest.proof = undefined
    exported.manifest.made.software.version = '0.1.0'
    const file = writeExport(join(directory.path, 'old'), exported)
    assert.deepEqual(await verifyWithBoth(file, [], directory.path), {
      valid: true,
      proven: false,
      problems: [],
    })
  })
})
