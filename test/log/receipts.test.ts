import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { factsOf, factsSalt } from '@airs-cp/evidence'
import type { Receipt } from '@airs-cp/manifest'
import {
  createSigner,
  formatProofFile,
  hashOfSpan,
  inclusionRanges,
  type ReadNodes,
  rangeHashes,
} from '@airs-cp/transparency-log'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { verifyWithBoth } from './both-verifiers.ts'
import { eventsOf, makeLog, resign, type TestLeaf, type TestLog } from './make-proven-export.ts'

/** The receipt that the audit service makes of these leaves. */
async function receiptOf(
  { leaves, note, key }: TestLog,
  of: Receipt['of'],
  isOf: (leaf: TestLeaf) => boolean,
  redact = false,
): Promise<Receipt> {
  const read: ReadNodes = async (nodes) =>
    nodes.map(({ level, index }) =>
      hashOfSpan(
        Buffer.concat(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level).map(({ hash }) => hash)),
      ),
    )
  const events = await Promise.all(
    leaves.map(async (leaf, index) => ({
      leaf,
      proof: formatProofFile({
        index,
        hashes: await rangeHashes(inclusionRanges(index, leaves.length), read),
        checkpoint: note,
      }),
    })),
  )
  return {
    receipt: 'airs-receipt/1',
    of,
    origin: 'test/log',
    keys: [key],
    events: events
      .filter(({ leaf }) => isOf(leaf))
      .map(({ leaf: { record, json, salt, event }, proof }) => ({
        record: record.toString(),
        proof,
        ...(redact
          ? { facts: factsOf(event, salt), factsSalt: factsSalt(salt).toString('base64') }
          : { event: json, salt: salt.toString('base64') }),
      })),
  }
}

type Case = {
  name: string
  redact?: boolean
  change?: (receipt: Receipt, log: TestLog) => void
  keys?: string[]
  says?: RegExp
}

const cases: Case[] = [
  { name: 'an exchange' },
  { name: 'an exchange without its content', redact: true },
  {
    name: 'digests alone',
    change: ({ events }) => {
      for (const event of events) {
        delete event.event
        delete event.salt
      }
    },
  },
  {
    name: 'a changed event',
    change: ({ events }) => {
      events[1]!.event = events[1]!.event!.replace('grüße', 'Grüße')
    },
    says: /^Event 2 \(01900000-0000-7000-8000-000000000007\): its bytes are not those that its leaf commits to$/,
  },
  {
    name: 'changed facts',
    redact: true,
    change: ({ events }) => {
      events[0]!.facts = events[0]!.facts!.replace('200', '403')
    },
    says: /^Event 1 \(.*\): its facts are not those that its leaf commits to$/,
  },
  {
    name: 'another salt',
    change: ({ events }) => {
      events[0]!.salt = events[1]!.salt
    },
    says: /^Event 1 .*its bytes/,
  },
  {
    name: 'a changed entry',
    change: ({ events }) => {
      events[0]!.record = events[0]!.record.replace('default', 'another')
    },
    says: /^Event 1 .*: its leaf is not in the log: the proof leads to another root$/m,
  },
  {
    name: 'the proof of another leaf',
    change: ({ events }) => {
      events[0]!.proof = events[1]!.proof
    },
    says: /^Event 1 .*: its leaf is not in the log/,
  },
  {
    name: 'an event of another exchange',
    change: (receipt) => {
      receipt.of = { exchange: 'exchange-9' }
    },
    says: /^Event 1 .*: it is not of exchange exchange-9$/m,
  },
  {
    name: 'events of another session',
    change: (receipt) => {
      receipt.of = { session: 'session-9' }
    },
    says: /^Event 1 .*: it is not of session session-9$/m,
  },
  {
    name: 'a checkpoint that another key has signed',
    change: ({ events }) => {
      const [head, note] = events[0]!.proof.split(/\n\n(.*)/s)
      events[0]!.proof = `${head}\n\n${resign(note!, createSigner('test/log', 'ed25519'))}`
    },
    says: /^Signature: no trusted key has signed it/,
  },
  {
    name: 'no events',
    change: (receipt) => {
      receipt.events = []
    },
    says: /^It has no events$/,
  },
  { name: 'no trusted key', keys: [], says: /^Signature: no trusted key has signed it/ },
]

describe('both verifiers, of a receipt,', () => {
  const directory = makeTemporaryDirectory()
  after(() => directory.remove())
  const log = makeLog(eventsOf(23))

  for (const [index, { name, redact, change, keys, says }] of cases.entries())
    test(`${says ? 'refuse' : 'accept'} ${name}`, async () => {
      const receipt = await receiptOf(
        log,
        { exchange: 'exchange-3' },
        ({ event }) => event.exchange === 'exchange-3',
        redact,
      )
      assert.equal(receipt.events.length, 2)
      change?.(receipt, log)
      const file = join(directory.path, `${index}.json`)
      writeFileSync(file, JSON.stringify(receipt, null, 2))
      const verdict = await verifyWithBoth(file, keys ?? [log.key], directory.path)
      assert.equal(verdict.valid, says === undefined, verdict.problems.join('\n'))
      if (says) assert.match(verdict.problems.join('\n'), says)
    })
})
