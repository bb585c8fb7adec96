/** A change of the source that breaks a promise. `find` is there exactly once; `seed` is one that notices it. */
export type Mutant = { name: string; file: string; find: string; replace: string; seed?: string }

/** Each of them the simulation must notice. */
export const mutants: Mutant[] = [
  {
    name: 'the journal is written without a sync',
    file: 'libs/journal/segment-file.ts',
    find: 'constants.O_RDWR | (constants.O_DSYNC ?? constants.O_SYNC)',
    replace: 'constants.O_RDWR',
    seed: '1',
  },
  {
    name: 'the journal acknowledges before the sync',
    file: 'libs/journal/open-journal.ts',
    find: 'batch.waiters.push({ settle: () => resolve(appended), reject })',
    replace: 'batch.waiters.push({ settle: () => {}, reject: () => {} }); resolve(appended)',
    seed: '10',
  },
  {
    name: 'the name of a segment is not synced',
    file: 'libs/journal/segment-supply.ts',
    find: 'await syncDirectory(join(this.#directory, this.#journal))',
    replace: '',
    seed: '5',
  },
  {
    name: 'the name of an epoch is not synced',
    file: 'libs/journal/epoch-writer.ts',
    find: 'await syncDirectory(directory)',
    replace: '',
    seed: '5',
  },
  {
    name: 'the names of folders above the journal are not synced',
    file: 'libs/files/make-directory.ts',
    find: '  await syncDirectory(dirname(path))\n}',
    replace: '}',
    seed: '2',
  },
  {
    name: 'an append whose write fails is acknowledged',
    file: 'libs/journal/open-journal.ts',
    find: 'for (const waiter of batch.waiters) waiter.reject(failure)',
    replace: 'for (const waiter of batch.waiters) waiter.settle()',
    seed: '10',
  },
  {
    name: 'what is only seen counts as committed, so that the journal deletes it',
    file: 'services/audit/journals/report-progress.ts',
    find: 'journalProgressSchema.parse(progress)',
    replace: 'journalProgressSchema.parse({ ...progress, committed: progress.seen })',
    seed: '5',
  },
  {
    name: 'the journal is confirmed as far as it was shipped, not as far as it is stored',
    file: 'services/ingress/shipping/shipping.ts',
    find: 'if (lane.confirmed > 0) this.#send(',
    replace: 'lane.confirmed = lane.shipped; if (lane.confirmed > 0) this.#send(',
    seed: '5',
  },
  {
    name: 'the shipper never goes back to what JetStream has lost',
    file: 'services/ingress/shipping/shipping.ts',
    find: 'if (lane.published <= lane.confirmed || this.#rewinds.has(lane)) return',
    replace: 'return',
    seed: '15',
  },
  {
    name: 'the event store does not pass over what it has',
    file: 'services/audit/store-events.ts',
    find: `    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')`,
    replace: `    )
    .returning('id')`,
    seed: '2',
  },
  {
    name: 'the projection is not idempotent: an event that comes again is stored under another id',
    file: 'services/audit/store-events.ts',
    find: '        id: event.id,\n        type: event.type,',
    replace: '        id: crypto.randomUUID(),\n        type: event.type,\n',
    seed: '1',
  },
  {
    name: 'the signed checkpoint is not synced before it is published',
    file: 'libs/files/replace-file.ts',
    find: '      await handle.sync()\n    } finally {\n      await handle.close()\n    }\n    await rename',
    replace: '    } finally {\n      await handle.close()\n    }\n    await rename',
    seed: '1',
  },
]
