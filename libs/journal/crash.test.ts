import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { EpochReader, type JournalReport, openJournal } from './index.ts'

const rounds = 4

test('whatever the moment of a kill -9, everything acknowledged is there, in order, once', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'journal-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  for (let round = 0; round < rounds; round++) {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'append-until-killed.testing.ts'), directory],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    await once(child.stdout, 'data')
    await sleep(Math.random() * 150)
    child.kill('SIGKILL')
    await once(child, 'close')
    const acknowledged = output.trim().split('\n').map(Number)

    const reports: JournalReport[] = []
    await using journal = await openJournal({ directory, onReport: (report) => reports.push(report) })
    const recovered = reports.findLast((report) => report.kind === 'epoch-recovered')
    assert.ok(recovered)
    using reader = new EpochReader(directory, recovered.journal, (report) =>
      assert.fail(JSON.stringify(report)),
    )
    const there: number[] = []
    for (;;) {
      const records = reader.read({ sequence: recovered.lastSequence }, 20_000)
      if (records.length === 0) break
      for (const { sequence, id, event } of records) {
        assert.equal(id, `${recovered.journal}-${sequence}`)
        assert.equal(JSON.parse(event.toString()).sequence, sequence)
        there.push(sequence)
      }
    }
    assert.deepEqual(
      there,
      there.map((_, i) => i + 1),
    )
    assert.ok(there.length >= Math.max(...acknowledged), `${there.length} of ${Math.max(...acknowledged)}`)
    assert.equal(new Set(acknowledged).size, acknowledged.length)
    await journal.confirm(recovered.journal, recovered.lastSequence)
  }
})
