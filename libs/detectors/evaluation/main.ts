import { parseArgs } from 'node:util'
import { createDetector } from '@airs-cp/detectors'
import { evaluateInjection } from './evaluate-injection.ts'
import { evaluateSpans } from './evaluate-spans.ts'
import { reportInjection, reportSpans } from './report.ts'
import { type DetectorName, detectorNames, readRows } from './rows.ts'

const usage = `npm run evaluate -- --data FILE [--detector ${detectorNames.join('|')}] [--json]`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      detector: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  if (values.data === undefined) throw new Error(`--data is missing\n${usage}`)
  if (values.detector !== undefined && !isDetectorName(values.detector))
    throw new Error(`No detector ${JSON.stringify(values.detector)}\n${usage}`)

  const data = await readRows(values.data, values.detector)
  if (data.detector === 'injection') {
    const evaluation = evaluateInjection(
      data.rows,
      createDetector({ detector: 'injection' }),
      createDetector({ detector: 'injection', threshold: 0 }),
    )
    print(values.json, { detector: data.detector, ...evaluation }, () => reportInjection(evaluation))
  } else {
    const { detector, rows } = data
    const evaluation = evaluateSpans(
      rows,
      createDetector({ detector }),
      createDetector({ detector, threshold: 0 }),
      {
        typed: detector === 'pii',
      },
    )
    print(values.json, { detector, ...evaluation }, () => reportSpans(detector, evaluation))
  }
}

function isDetectorName(name: string): name is DetectorName {
  return (detectorNames as readonly string[]).includes(name)
}

function print(json: boolean, value: object, report: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : report()}\n`)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
