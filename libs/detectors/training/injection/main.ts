import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type Channel, channelOf, mostFalsePositives } from '../../evaluation/channel.ts'
import { everydayRequests } from '../../evaluation/everyday-requests.ts'
import { languageAttacks, languageHarmless } from '../../evaluation/language-attacks.ts'
import { machineTextKinds } from '../../evaluation/machine-text.ts'
import { carriers as documentCarriers, plantedAttacks } from '../../evaluation/planted-attacks.ts'
import { areaUnderCurve, recallAt, thresholdAtFpr } from '../../evaluation/ranking.ts'
import { readRows } from '../../evaluation/rows.ts'
import { triggerWordTexts } from '../../evaluation/trigger-words.ts'
import { encodeModel } from '../../injection/model-file.ts'
import { developerTexts } from './developer-texts.ts'
import { type Example, exampleOf } from './examples.ts'
import { createRandom, expand, pick } from './expand.ts'
import { type FitOptions, fit } from './fit.ts'
import { scoresWithoutSource } from './held-out.ts'
import { heldOutHarmless, languageNames, type Wordings } from './languages.ts'
import { noCounts, type OwnExample, ownExamples } from './own-examples.ts'
import { quantize } from './quantize.ts'

const usage =
  'node libs/detectors/training/injection/main.ts --data FILE [--out FILE] [--seed NUMBER] [--quick]\n\n--quick leaves out what it reaches on texts that it has not seen, and takes the thresholds of --thresholds USER,UNTRUSTED'

/** Texts that attacks are planted into: what models are given to read. */
const carrierSources = new Set(['presidio-docs', 'ultrachat', 'p3', 'asb', 'bipia-email'])

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      out: { type: 'string', default: 'libs/detectors/injection/injection.model.gz' },
      seed: { type: 'string', default: '1' },
      quick: { type: 'boolean', default: false },
      thresholds: { type: 'string', default: '0,0' },
    },
  })
  if (values.data === undefined) throw new Error(`--data is missing\n${usage}`)
  const options: FitOptions = {
    windows: [
      { words: 128, stride: 64, handicap: 0 },
      { words: 20, stride: 5, handicap: 0.345 },
    ],
    lengthPower: 0.8,
    leastWords: 6,
    epochs: 10,
    learningRate: 0.1,
    decay: 2e-3,
    allWindowsEpochs: 2,
    mostWindows: 8,
    sourcePower: 0.2,
    importance: {
      'own-requests': 3,
      'own-language-attacks': 1.5,
      'own-language-harmless': 1.5,
      'own-mail-orders': 0.3,
    },
    meanEpochs: 5,
    lettersScale: 0.2,
    seed: Number(values.seed),
  }
  const data = await readRows(values.data, 'injection')
  const examples = data.injection.map(exampleOf)
  const developer = developerTexts('node_modules')
  /** Texts to plant attacks into; none of the sources that a model is measured on. */
  const carriersWithout = (held: ReadonlySet<string>) => [
    ...data.injection
      .filter(({ attack, source }) => !attack && carrierSources.has(source) && !held.has(source))
      .map(({ text }) => text),
    ...developer.filter(({ isHeldOut }) => !isHeldOut).map(({ text }) => text),
  ]
  const counts = {
    each: 3000,
    planted: 3000,
    orders: 700,
    prompts: 900,
    jailbreaks: 900,
    short: 1500,
    completions: 700,
    requests: 3600,
    agent: 1500,
    runbook: 2500,
    machine: 2500,
    perLanguage: 300,
    mails: 1500,
    names: 400,
  }
  const byHand = handWritten(options.seed)
  const known = new Set(byHand.map(({ text }) => wordsOf(text)))
  const own = (wordings: Wordings, held: ReadonlySet<string> = new Set()) => [
    ...ownExamples(counts, carriersWithout(held), options.seed, wordings)
      .filter(({ text }) => !known.has(wordsOf(text)))
      .map(exampleOf),
    ...developer
      .filter(({ isHeldOut }) => !isHeldOut)
      .map(({ text }) => exampleOf({ text, attack: false, source: 'developer' })),
  ]

  let thresholds = { user: 0, untrusted: 0 }
  if (values.quick) {
    const [user = 0, untrusted = 0] = values.thresholds.split(',').map(Number)
    thresholds = { user, untrusted }
  } else {
    const unseen = unseenExamples(developer, options.seed).map(exampleOf)
    const measured = [...unseen, ...byHand.map(exampleOf)]
    const scores = scoresWithoutSource(examples, (held) => own('trained', held), options, measured)
    thresholds = thresholdsOf([...examples, ...unseen], scores)
    print([...examples, ...measured], scores, thresholds)
  }

  const fitted = fit([...examples, ...own('all')], options)
  const { windows, lengthPower, leastWords } = options
  const file = encodeModel({
    bias: fitted.bias,
    windows,
    ...quantize(fitted),
    lengthPower,
    leastWords,
    threshold: thresholds.user,
    steepness: 1.5,
  })
  await writeFile(values.out, file)
  process.stdout.write(`${JSON.stringify(thresholds)}; ${file.length} bytes to ${values.out}\n`)
}

/** Kinds of machine text, packages and wordings that no model that is measured has seen. */
function unseenExamples(developer: ReturnType<typeof developerTexts>, seed: number): OwnExample[] {
  const random = createRandom(seed + 7)
  const machine = machineTextKinds
    .filter(({ isHeldOut }) => isHeldOut)
    .flatMap(({ create }) => Array.from({ length: 100 }, () => create(random)))
  const documents = developer.filter(({ isHeldOut }) => isHeldOut).map(({ text }) => text)
  const all = ownExamples(
    { ...noCounts, planted: 400, machine: 10, perLanguage: 20 },
    documents,
    seed + 7,
    'held-out',
  )
  return [
    ...machine.map((text) => ({ text, attack: false, source: 'unseen-machine' })),
    ...documents.map((text) => ({ text, attack: false, source: 'unseen-packages' })),
    ...all
      .filter(({ source }) => source === 'own-planted' || source === 'own-language-attacks')
      .map((example) => ({ ...example, source: example.source.replace('own', 'unseen') })),
    ...languageNames.flatMap((name) =>
      Array.from({ length: 20 }, () => ({
        text: expand(pick(heldOutHarmless(name), random), {}, random),
        attack: false,
        source: 'unseen-language-harmless',
      })),
    ),
  ]
}

/** What texts have in common that differ by marks and capitals alone. */
function wordsOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** Texts that are there to measure on, and on which no threshold rests. */
function handWritten(seed: number): OwnExample[] {
  const of = (source: string, attack: boolean, texts: readonly string[]) =>
    texts.map((text) => ({ text, attack, source }))
  return [
    ...of('hand-trigger-words', false, triggerWordTexts),
    ...of('hand-everyday-requests', false, everydayRequests),
    ...of('hand-language-attacks', true, Object.values(languageAttacks).flat()),
    ...of('hand-language-harmless', false, Object.values(languageHarmless).flat()),
    ...of('hand-planted', true, plantedAttacks(createRandom(seed))),
    ...of('hand-carriers', false, documentCarriers),
  ]
}

function channelOfExample({ source, kind }: Example): Channel {
  return channelOf(kind === '' ? source : kind)
}

function thresholdsOf(examples: readonly Example[], scores: Map<Example, number>) {
  const harmless = examples.filter(({ attack }) => !attack)
  const of = (channel: Channel) =>
    thresholdAtFpr(
      harmless
        .filter((example) => channelOfExample(example) === channel)
        .map((example) => scores.get(example)!),
      mostFalsePositives[channel],
    )
  return { user: of('user'), untrusted: of('untrusted') }
}

/** By source, each scored by a model that has seen nothing of it. */
function print(
  examples: readonly Example[],
  scores: Map<Example, number>,
  thresholds: { user: number; untrusted: number },
): void {
  const share = (group: readonly Example[], threshold: number) =>
    group.length === 0
      ? '-'
      : recallAt(
          group.map((example) => scores.get(example)!),
          threshold,
        ).toFixed(3)
  const harmless = examples.filter(({ attack }) => !attack)
  const auc = (group: readonly Example[]) =>
    areaUnderCurve([
      ...group.map((example) => ({ score: scores.get(example)!, positive: true })),
      ...harmless.map((example) => ({ score: scores.get(example)!, positive: false })),
    ])?.toFixed(3) ?? '-'
  const line = (label: string, group: readonly Example[]) => {
    const attacks = group.filter(({ attack }) => attack)
    const rest = group.filter(({ attack }) => !attack)
    const cells = [
      attacks.length,
      rest.length,
      attacks.length > 0 ? auc(attacks) : '-',
      share(attacks, thresholds.user),
      share(attacks, thresholds.untrusted),
      share(rest, thresholds.user),
      share(rest, thresholds.untrusted),
    ]
    process.stdout.write(`${label.padEnd(30)}${cells.map((cell) => String(cell).padStart(10)).join('')}\n`)
  }
  const head = ['attacks', 'harmless', 'AUC', 'R user', 'R untr.', 'FPR user', 'FPR untr.']
  process.stdout.write(
    `${'source, never seen'.padEnd(30)}${head.map((cell) => cell.padStart(10)).join('')}\n`,
  )
  line('all', examples)
  line(
    'explicit attacks',
    examples.filter(({ explicit }) => explicit),
  )
  for (const source of new Set(examples.map((example) => example.source)))
    line(
      source,
      examples.filter((example) => example.source === source),
    )
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
