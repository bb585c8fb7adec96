import { writeSync } from 'node:fs'
import { openJournal } from './index.ts'

/** For tests, as a process: appends to the directory given until it is killed, and prints each acknowledged sequence. */
const journal = await openJournal({ directory: process.argv[2]!, segmentBytes: 65536 })

async function append(size: number): Promise<never> {
  for (;;) {
    const { sequence } = await journal.append((id, sequence) => ({
      subject: 'subject',
      id: `${id}-${sequence}`,
      event: JSON.stringify({ sequence, text: 'x'.repeat((size * sequence) % 4000) }),
    }))
    writeSync(1, `${sequence}\n`)
  }
}

await Promise.all([1, 7, 50, 333, 999, 2500].map(append))
