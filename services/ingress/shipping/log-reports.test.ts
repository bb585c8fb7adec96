import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Logger } from '@airs-cp/runtime'
import { logReports } from './log-reports.ts'

test('a start is no recovery; what ends a logged fault is, once', () => {
  const lines: string[] = []
  const at = (level: string) => (data: { problem?: string }, message: string) =>
    void lines.push([level, message, data.problem].filter(Boolean).join(' '))
  const note = logReports({ warn: at('warn'), info: at('info') } as unknown as Logger)
  note({ kind: 'epoch-opened', journal: 'a' })
  note({ kind: 'connected' })
  note({ kind: 'disconnected' })
  note({ kind: 'connected' })
  note({ kind: 'epoch-sealed', journal: 'a', lastSequence: 3, reason: 'disk-full', message: 'ENOSPC' })
  note({ kind: 'epoch-opened', journal: 'b' })
  note({ kind: 'publish-failed', reason: 'timeout', message: 'no acknowledgement' })
  note({ kind: 'publish-recovered', reason: 'timeout' })
  note({ kind: 'epoch-opened', journal: 'c' })
  assert.deepEqual(lines, [
    'info epoch-opened',
    'info connected',
    'warn disconnected',
    'warn recovered disconnected',
    'warn epoch-sealed',
    'warn recovered epoch-sealed',
    'warn publish-failed',
    'warn recovered publish-failed',
    'info epoch-opened',
  ])
})
