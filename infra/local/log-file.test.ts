import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { rotateLog } from './log-file.ts'

test('keeps the logs of the last five starts, the newest first', () => {
  const folder = mkdtempSync(join(tmpdir(), 'airs-logs-'))
  const path = join(folder, 'audit.log')
  try {
    rotateLog(path)
    assert.deepEqual(readdirSync(folder), [])
    for (let start = 1; start <= 8; start++) {
      writeFileSync(path, `start ${start}`)
      rotateLog(path)
    }
    const names = ['', '.2', '.3', '.4', '.5'].map((generation) => `audit.previous${generation}.log`)
    assert.deepEqual(readdirSync(folder).sort(), [...names].sort())
    assert.deepEqual(
      names.map((name) => readFileSync(join(folder, name), 'utf8')),
      [8, 7, 6, 5, 4].map((start) => `start ${start}`),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
