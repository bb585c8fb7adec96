import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { entryNames, type PublishedEntries } from '@airs-cp/events'
import fc from 'fast-check'
import { type Held, quarantineOf } from './quarantine-index.ts'

type Entry = PublishedEntries['quarantine']

const name = fc.constantFrom('a', 'b', 'c')
const caller = fc.constantFrom('key:1', 'key:2', 'credential:1')
const untilMs = fc.integer({ min: 1, max: 9_999 }).map((seconds) => seconds * 1_000)
const entry = fc
  .record(
    { tenant: name, session: name, caller, untilMs },
    { requiredKeys: ['tenant', 'session', 'untilMs'] },
  )
  .chain((whole) =>
    fc.constantFrom(whole, ...(whole.caller === undefined ? [] : [{ ...whole, session: undefined }])),
  )
  .map(({ untilMs, ...who }) => ({ ...who, until: new Date(untilMs).toISOString() }) as Entry)
const who = fc.record({ tenant: name, session: name, caller: fc.option(caller, { nil: undefined }) })

/** The meaning of each entry, read off it one by one. */
function holds(
  { tenant, session, caller }: Entry,
  asked: { tenant: string; session: string; caller?: string | undefined },
) {
  if (session === undefined) return caller === asked.caller
  return (
    tenant === asked.tenant && session === asked.session && (caller === undefined || caller === asked.caller)
  )
}

describe('what is in quarantine', () => {
  test('is the caller under any session and tenant, or the session of a caller, or that of whoever names it', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), who, (entries, asked) => {
        const named = new Map(entries.map((one) => [entryNames.quarantine(one), one]))
        const expected = [...named.values()]
          .filter((one) => holds(one, asked))
          .map(
            (one): Held => ({
              what: one.session === undefined ? 'caller' : 'session',
              untilMs: Date.parse(one.until),
            }),
          )
        const found = quarantineOf(named).find(asked)
        assert.equal(
          found?.untilMs,
          expected.length === 0 ? undefined : Math.max(...expected.map(({ untilMs }) => untilMs)),
        )
        if (found)
          assert.ok(expected.some(({ what, untilMs }) => what === found.what && untilMs === found.untilMs))
      }),
    )
  })
})
