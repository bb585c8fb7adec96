import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mergeMetrics } from './merge-metrics.ts'
import { mergeReadiness } from './reports.ts'

const text = (count: number) => `# HELP airs_exchanges_total Exchanges
# TYPE airs_exchanges_total counter
airs_exchanges_total{outcome="completed"} ${count}
airs_exchanges_total{outcome="refused"} 1
# HELP airs_up Whether it runs
# TYPE airs_up gauge
airs_up 1
`

test('samples of all workers stand together under their metric, with the worker as label', () => {
  assert.equal(
    mergeMetrics([text(3), undefined, text(5)]),
    `# HELP airs_exchanges_total Exchanges
# TYPE airs_exchanges_total counter
airs_exchanges_total{worker="1",outcome="completed"} 3
airs_exchanges_total{worker="1",outcome="refused"} 1
airs_exchanges_total{worker="3",outcome="completed"} 5
airs_exchanges_total{worker="3",outcome="refused"} 1

# HELP airs_up Whether it runs
# TYPE airs_up gauge
airs_up{worker="1"} 1
airs_up{worker="3"} 1
`,
  )
})

test('an ingress is ready when each of its workers is, and says whose check fails', () => {
  const ready = { ready: true, checks: { journal: { ready: true } } }
  const full = { ready: false, checks: { journal: { ready: false, reason: 'the disk is full' } } }
  assert.deepEqual(mergeReadiness([ready, full]), {
    ready: false,
    checks: {
      'worker-1-journal': { ready: true },
      'worker-2-journal': { ready: false, reason: 'the disk is full' },
    },
  })
  assert.equal(mergeReadiness([ready, ready]).ready, true)
  assert.deepEqual(mergeReadiness([ready, undefined]).checks['worker-2'], {
    ready: false,
    reason: 'it does not respond',
  })
})
