import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import type { Manifest } from './manifest.ts'
import { Tally } from './tally.ts'
import { verifyExport } from './verify-export.ts'

type Row = { id: string; time: string; type: string; journal?: string; sequence?: number; text: string }

const baseMs = Date.UTC(2026, 0, 1)

function rowsOf(texts: string[]): Row[] {
  return texts.map((text, index) => ({
    id: `01900000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    time: new Date(baseMs + Math.floor(index / 2)).toISOString(),
    type: `airs.kind-${index % 3}.v1`,
    ...(index % 4 !== 3 && { journal: `j${index % 2}`, sequence: index + 1 }),
    text,
  }))
}

function exportOf(rows: Row[], compression: Manifest['compression']): { manifest: Manifest; file: Buffer } {
  const content = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  const packed = { none: () => content, gzip: () => gzipSync(content), zstd: () => zstdCompressSync(content) }
  const file = packed[compression]()
  const tally = new Tally()
  for (const row of rows) tally.add({ ...row, label: row.type })
  const { counts, first, last } = tally.state()
  const manifest: Manifest = {
    manifest: 'airs-export/1',
    kind: 'events',
    format: 'jsonl',
    compression,
    includeLineage: false,
    from: null,
    until: null,
    filters: {},
    rows: rows.length,
    counts,
    first,
    last,
    journals: tally.journals(),
    content: measure(content),
    files: [{ name: 'events', ...measure(file) }],
    made: { exportId: 'x', at: '', by: 'test', software: { name: 'airs-cp', version: '0' } },
  }
  return { manifest, file }
}

function measure(bytes: Buffer) {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** As a disk gives it: in pieces that end anywhere. */
async function* inPieces(file: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < file.length; from += size) yield file.subarray(from, from + size)
}

const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 12 })
const compression = fc.constantFrom<Manifest['compression']>('none', 'gzip', 'zstd')

describe('an export', () => {
  test('that matches its manifest has no problem, however it is read', async () => {
    await fc.assert(
      fc.asyncProperty(texts, compression, fc.integer({ min: 1, max: 500 }), async (own, how, size) => {
        const { manifest, file } = exportOf(rowsOf(own), how)
        const verdict = await verifyExport(manifest, inPieces(file, size))
        assert.deepEqual(verdict.problems, [])
        assert.equal(verdict.rows, own.length)
      }),
    )
  })

  test('of which any bit has flipped is found out', async () => {
    await fc.assert(
      fc.asyncProperty(texts, compression, fc.nat(), fc.nat(7), async (own, how, at, bit) => {
        const { manifest, file } = exportOf(rowsOf(['first', ...own]), how)
        file[at % file.length]! ^= 1 << bit
        const verdict = await verifyExport(manifest, inPieces(file, 100))
        assert.notDeepEqual(verdict.problems, [])
        assert.deepEqual([verdict.bytes, verdict.sha256], [file.length, measure(file).sha256])
      }),
    )
  })

  test('that was cut is found out, wherever', async () => {
    await fc.assert(
      fc.asyncProperty(texts, compression, fc.nat(), async (own, how, at) => {
        const { manifest, file } = exportOf(rowsOf(['first', ...own]), how)
        const cut = file.subarray(0, at % file.length)
        const verdict = await verifyExport(manifest, inPieces(cut, 100))
        assert.notDeepEqual(verdict.problems, [])
        assert.deepEqual([verdict.bytes, verdict.sha256], [cut.length, measure(cut).sha256])
      }),
    )
  })

  test('whose rows were left out, doubled or moved is reported, though sizes and digests were made to fit', async () => {
    const rows = rowsOf(['a', 'b', 'c', 'd', 'e', 'f'])
    const { manifest } = exportOf(rows, 'none')
    const [first, second, ...others] = rows as [Row, Row, ...Row[]]
    for (const [forged, pattern] of [
      [[first, ...others], /Counts: expected/],
      [[first, second, second, ...others], /place 2 of journal j1/],
      [[second, first, ...others], /does not come after/],
    ] as const) {
      const { content, files } = exportOf([...forged], 'none').manifest
      const file = Buffer.from(forged.map((row) => `${JSON.stringify(row)}\n`).join(''))
      const verdict = await verifyExport({ ...manifest, content, files }, inPieces(file, 64))
      assert.match(verdict.problems.join('\n'), pattern)
    }
  })

  test('that has no event where a journal has one declares the gap', () => {
    const rows = rowsOf(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
    const { manifest } = exportOf(
      rows
        .filter(({ sequence }) => sequence !== 3)
        .map((row) => ({ ...row, journal: 'j', sequence: row.sequence ?? 4 })),
      'none',
    )
    assert.deepEqual(manifest.journals?.[0]?.gaps, [{ from: 3, to: 3 }])
  })
})
