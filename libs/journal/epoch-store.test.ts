import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { uuidv7 } from '@airs-cp/events'
import { DiskBudget } from './disk-budget.ts'
import { EpochStore } from './epoch-store.ts'
import type { JournalReport } from './types.ts'

test('an epoch whose place on the disk cannot be written is tried again, and left aside in the end', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'airs-epochs-'))
  const reports: JournalReport[] = []
  const journal = uuidv7()
  mkdirSync(join(directory, journal))
  let asked = 0
  const store = new EpochStore({
    directory,
    budget: new DiskBudget(1e6),
    report: (report) => reports.push(report),
    changed: () => {},
    freed: () => {},
    async recoverOne() {
      asked += 1
      throw Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO', syscall: 'write' })
    },
  })
  try {
    let refused = 0
    while (
      refused < 1_000 &&
      !(await store
        .recover()
        .then(() => true)
        .catch(() => false))
    )
      refused += 1
    assert.ok(refused > 1 && refused < 100, `${refused} refusals`)
    assert.deepEqual(
      reports.map(({ kind }) => kind),
      ['epoch-unreadable'],
    )
    assert.equal(asked, refused + 1)
  } finally {
    rmSync(directory, { recursive: true })
  }
})
