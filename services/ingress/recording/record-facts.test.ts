import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventTypes } from '@airs-cp/events'
import { type DamageReport, EpochReader, openJournal } from '@airs-cp/journal'
import type { Logger } from '@airs-cp/runtime'
import type { Controls } from '../controls/follow-controls.ts'
import { nameInstance } from './instance.ts'
import { startRecordingFacts } from './record-facts.ts'
import { createRecorder } from './recorder.ts'

const patienceMs = 10_000

test('what best-effort has lost is on record once there is room, though nothing else comes', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'facts-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const instance = nameInstance(join(directory, 'instance'))
  await using journal = await openJournal({
    directory: join(directory, 'journal'),
    limitBytes: 512 * 1024,
    beforeFirstEpoch: instance.announce,
  })
  const damages: DamageReport[] = []
  const recorder = createRecorder({
    journal,
    mode: 'best-effort',
    source: instance.source,
    tenant: 'default',
    replicated: async () => {},
    digestKey: 'k',
    coverOfUnjudged: () => assert.fail(),
  })
  const facts = startRecordingFacts({
    recorder,
    journal,
    instance,
    damages,
    purges: new Map(),
    controls: {
      policies: { version: () => undefined, rejected: () => undefined },
      onChange: () => {},
    } as unknown as Controls,
    configuration: {},
    log: { warn: () => {}, error: () => {} } as unknown as Logger,
  })
  t.after(() => facts.close())
  while (journal.state().synced === 0) await sleep(5)
  let taken = 0
  for (let lost = 0; lost < 3; ) {
    const appended = journal.appendUnsynced((_, sequence) => ({
      subject: 's',
      id: `${sequence}`,
      event: 'x'.repeat(1_000),
    }))
    if (appended) taken = appended.sequence
    lost = appended ? 0 : lost + 1
    if (taken % 50 === 0) await sleep(1)
  }
  const { appended } = journal.state()
  while (journal.state().synced < appended) await sleep(5)
  await journal.confirm(journal.id!, taken - 100)

  using reader = new EpochReader(journal.directory, journal.id!, (damage) => damages.push(damage))
  reader.seek(taken + 1)
  const read = () => {
    const records = reader.read({ sequence: taken + 4 }, 100_000)
    return records.map(({ sequence, event }) => ({ sequence, event: JSON.parse(event.toString()) }))
  }
  const found: ReturnType<typeof read> = []
  for (let waitedMs = 0; found.length === 0 && waitedMs < patienceMs; waitedMs += 50) {
    await sleep(50)
    if (journal.state().synced > appended) found.push(...read())
  }
  assert.equal(found[0]?.sequence, taken + 4)
  const { type, data } = found[0]!.event
  const { journal: id, from, to, recording } = data
  assert.deepEqual(
    [type, id, from, to, recording],
    [eventTypes.journalDamaged, journal.id, taken + 1, taken + 3, 'best-effort'],
  )
})
