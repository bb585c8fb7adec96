import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { EpochReader } from './epoch-reader.ts'
import { encodeFrame, saltOf } from './frame.ts'
import { recoverEpoch } from './recover-epoch.ts'
import { segmentFile } from './segment-file.ts'
import type { JournalReport } from './types.ts'

const journal = '01890000-0000-7000-8000-000000000000'
const salt = saltOf(journal)
const segmentBytes = 16 * 1024
const directory = mkdtempSync(join(tmpdir(), 'journal-'))
after(() => rmSync(directory, { recursive: true, force: true }))

/**
 * Leaves the files of a process that was killed during its last write, of which `kept` of each 512 bytes came to disk:
 * full segments cut to their content, the last as it was allocated, and one allocated ahead.
 */
function crash(batches: number[][], kept: () => boolean) {
  rmSync(join(directory, journal), { recursive: true, force: true })
  mkdirSync(join(directory, journal))
  let segment = 1
  let at = 0
  let sequence = 0
  let bytes = Buffer.alloc(segmentBytes)
  let acknowledged = 0
  batches.forEach((sizes, index) => {
    if (at + sizes.reduce((sum, size) => sum + size + 100, 0) > segmentBytes) {
      writeFileSync(segmentFile(directory, journal, segment++), bytes.subarray(0, at))
      bytes = Buffer.alloc(segmentBytes)
      at = 0
    }
    const before = Buffer.from(bytes)
    acknowledged = sequence
    sizes.forEach((size, pending) => {
      sequence++
      const entry = { subject: 's', id: `${sequence}`, event: 'x'.repeat(size) }
      at = encodeFrame(bytes, at, salt, sequence, pending, 0, entry)
    })
    if (index < batches.length - 1) return
    for (let sector = 0; sector < segmentBytes; sector += 512) {
      if (!kept()) before.copy(bytes, sector, sector, sector + 512)
    }
  })
  writeFileSync(segmentFile(directory, journal, segment), bytes)
  writeFileSync(segmentFile(directory, journal, segment + 1), Buffer.alloc(segmentBytes))
  return { acknowledged, appended: sequence }
}

const batches = fc.array(fc.array(fc.nat(1500), { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 12,
})

test('whatever a crash left of the last write: what is recovered reads without damage and has all that was acknowledged', async () => {
  await fc.assert(
    fc.asyncProperty(batches, fc.infiniteStream(fc.boolean()), async (sizes, stream) => {
      const { acknowledged, appended } = crash(sizes, () => stream.next().value)
      const reports: JournalReport[] = []
      const epoch = await recoverEpoch(directory, journal, (report) => reports.push(report))
      const last = epoch?.lastSequence ?? 0
      assert.ok(last >= acknowledged && last <= appended, `${acknowledged} <= ${last} <= ${appended}`)
      assert.equal(existsSync(join(directory, journal)), last > 0)
      if (!epoch) return
      using reader = new EpochReader(directory, journal, (report) => assert.fail(JSON.stringify(report)))
      const there: number[] = []
      for (;;) {
        const records = reader.read({ sequence: last }, 5000)
        if (records.length === 0) break
        there.push(...records.map(({ sequence }) => sequence))
      }
      assert.deepEqual(
        there,
        Array.from({ length: last }, (_, i) => i + 1),
      )
      assert.deepEqual(
        epoch.segments.map(({ segment }) => segment),
        readdirSync(join(directory, journal)).map((name) => Number.parseInt(name, 10)),
      )
      assert.ok(reports.every(({ kind }) => kind === 'torn-tail'))
      const again = await recoverEpoch(directory, journal, (report) => assert.fail(JSON.stringify(report)))
      assert.deepEqual(again, epoch)
    }),
    { numRuns: 150 },
  )
})

test('an epoch in which nothing was acknowledged leaves nothing', async () => {
  rmSync(join(directory, journal), { recursive: true, force: true })
  mkdirSync(join(directory, journal))
  writeFileSync(segmentFile(directory, journal, 1), Buffer.alloc(segmentBytes))
  assert.equal(await recoverEpoch(directory, journal, assert.fail as () => void), undefined)
  assert.equal(existsSync(join(directory, journal)), false)
})
