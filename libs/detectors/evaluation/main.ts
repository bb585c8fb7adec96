import { parseArgs } from 'node:util'
import { createDetector } from '@airs-cp/detectors'
import { evaluateInjection } from './evaluate-injection.ts'
import { evaluateSpans } from './evaluate-spans.ts'
import { measureCost } from './measure-cost.ts'
import { reportCost, reportInjection, reportSpans } from './report.ts'
import { type DetectorName, detectorNames, type Rows, readRows } from './rows.ts'

const usage = `npm run evaluate -- --data FILE [--detector ${detectorNames.join('|')}] [--json]

FILE has one JSON object a line: "text", and "label" (injection), "spans" (pii) or "secrets" (secrets). Rows for
several detectors may stand in one file; "detector" says which one a row is for. --detector evaluates one alone.
Reports precision and recall by source and type, thresholds and calibration by channel, and the cost.
--json writes one line per detector.`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      detector: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(`${usage}\n`)
    return
  }
  if (values.data === undefined) throw new Error(`--data is missing\n${usage}`)
  if (values.detector !== undefined && !isDetectorName(values.detector))
    throw new Error(`No detector ${JSON.stringify(values.detector)}\n${usage}`)

  const rows = await readRows(values.data, values.detector)
  const evaluated = detectorNames.filter((name) => rows[name].length > 0)
  const reports = evaluated.map((name) => {
    const { evaluation, report } = evaluate(name, rows)
    const cost = measureCost(
      createDetector({ detector: name }),
      rows[name].map(({ text }) => text),
    )
    return values.json
      ? JSON.stringify({ detector: name, ...evaluation, cost })
      : `${report()}\n\n${reportCost(cost)}\n`
  })
  process.stdout.write(`${reports.join('\n')}\n`)
}

function evaluate(name: DetectorName, rows: Rows): { evaluation: object; report: () => string } {
  const detector = createDetector({ detector: name })
  const ranker = createDetector({ detector: name, threshold: 0 })
  if (name === 'injection') {
    const evaluation = evaluateInjection(rows.injection, detector, ranker)
    return { evaluation, report: () => reportInjection(evaluation) }
  }
  const evaluation = evaluateSpans(rows[name], detector, ranker, { typed: name === 'pii' })
  return { evaluation, report: () => reportSpans(name, evaluation) }
}

function isDetectorName(name: string): name is DetectorName {
  return (detectorNames as readonly string[]).includes(name)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
