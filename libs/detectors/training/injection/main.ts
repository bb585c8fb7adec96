import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { areaUnderCurve, recallAt, thresholdAtFpr } from '../../evaluation/ranking.ts'
import { readRows } from '../../evaluation/rows.ts'
import { encodeModel } from '../../injection/model-file.ts'
import { type Example, exampleOf } from './examples.ts'
import { type FitOptions, fit } from './fit.ts'
import { scoresWithoutSource, scoresWithSource } from './held-out.ts'
import { ownExamples } from './own-examples.ts'
import { quantize } from './quantize.ts'

const usage = 'node libs/detectors/training/injection/main.ts --data FILE [--out FILE] [--seed NUMBER]'

/** Share of harmless texts of unknown sources that the default threshold lets through as attacks. */
const falsePositiveRate = 0.01

/** Texts that attacks are planted into: what models are given to read. */
const carrierSources = new Set(['presidio-docs', 'ultrachat', 'p3', 'asb', 'bipia-email'])

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      out: { type: 'string', default: 'libs/detectors/injection/injection.model.gz' },
      seed: { type: 'string', default: '1' },
    },
  })
  if (values.data === undefined) throw new Error(`--data is missing\n${usage}`)
  const options: FitOptions = {
    windowWords: 128,
    windowStride: 64,
    lengthPower: 0.7,
    leastWords: 4,
    epochs: 6,
    learningRate: 0.1,
    decay: 1e-3,
    allWindowsEpochs: 2,
    sourcePower: 0.35,
    meanEpochs: 3,
    lettersScale: 0.5,
    seed: Number(values.seed),
  }
  const data = await readRows(values.data, 'injection')
  if (data.detector !== 'injection') throw new Error(`${values.data} is not for injection`)
  const examples = data.rows.map(exampleOf)
  const carriers = data.rows
    .filter(({ attack, source }) => !attack && carrierSources.has(source))
    .map(({ text }) => text)
  const own = ownExamples({ each: 3000, planted: 1500 }, carriers, options.seed).map(exampleOf)

  const unknown = scoresWithoutSource(examples, own, options)
  print('sources not seen', examples, unknown)
  print('sources seen', examples, scoresWithSource(examples, own, options, 4))
  const harmless = examples.filter(({ attack }) => !attack).map((example) => unknown.get(example)!)
  const threshold = thresholdAtFpr(harmless, falsePositiveRate)

  const fitted = fit([...examples, ...own], options)
  const { windowWords, windowStride, lengthPower, leastWords } = options
  const file = encodeModel({
    bias: fitted.bias,
    windowWords,
    windowStride,
    ...quantize(fitted),
    lengthPower,
    leastWords,
    threshold,
    steepness: 1.5,
  })
  await writeFile(values.out, file)
  process.stdout.write(`threshold ${threshold.toFixed(3)}; ${file.length} bytes to ${values.out}\n`)
}

function print(name: string, examples: readonly Example[], scores: Map<Example, number>): void {
  const scoresIn = (group: readonly Example[]) => group.map((example) => scores.get(example)!)
  const harmless = scoresIn(examples.filter(({ attack }) => !attack))
  const threshold = thresholdAtFpr(harmless, 0.01)
  const line = (label: string, group: readonly Example[]) => {
    const attacks = scoresIn(group)
    const auc = areaUnderCurve([
      ...attacks.map((score) => ({ score, positive: true })),
      ...harmless.map((score) => ({ score, positive: false })),
    ])
    const recall = recallAt(attacks, threshold)
    process.stdout.write(
      `${label.padEnd(28)}${String(group.length).padStart(6)}  AUC ${auc?.toFixed(3)}  recall at 1 % ${recall.toFixed(3)}\n`,
    )
  }
  const attacks = examples.filter(({ attack }) => attack)
  process.stdout.write(`${name}\n`)
  line('  all attacks', attacks)
  line(
    '  explicit attacks',
    attacks.filter(({ explicit }) => explicit),
  )
  for (const source of new Set(attacks.map((example) => example.source)))
    line(
      `  ${source}`,
      attacks.filter((example) => example.source === source),
    )
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
