import { tableSize } from '../../injection/features.ts'
import type { ModelWindow } from '../../injection/model-file.ts'
import { divisorOf } from '../../injection/scorer.ts'
import type { Example } from './examples.ts'
import { createRandom } from './expand.ts'

export type FitOptions = {
  windows: readonly ModelWindow[]
  lengthPower: number
  leastWords: number
  epochs: number
  learningRate: number
  /** Pull towards zero, per update. */
  decay: number
  /**
   * After so many epochs an attack counts by its highest scoring window alone, and a harmless text by that window once more,
   * since it is what decides.
   */
  allWindowsEpochs: number
  /**
   * Of a text with more windows than this, so many are drawn anew for each epoch, and count what all would; the highest window of a
   * harmless text counts beside them.
   */
  mostWindows: number
  /** A source counts by its number of rows to this power: 1 as many, 0 all sources alike. */
  sourcePower: number
  /** How much more a source counts than that; 1 where it is not named. */
  importance: Readonly<Record<string, number>>
  /** The model is the mean of what it is after the last so many epochs. */
  meanEpochs: number
  /** Weight of features made of letters. */
  lettersScale: number
  seed: number
}

export type Fitted = { weights: Float32Array; bias: number }

export type Window = {
  example: Example
  from: number
  to: number
  divisor: number
  /** Of the score that decides. Weights are fitted without it. */
  handicap: number
  /** Undefined where the attack of a planted example is in it in part. */
  attack: boolean | undefined
}

/** Share of the words of a planted attack that make a window one. */
const plantedShare = 0.6

const lettersStart = 0x10000
const lettersEnd = 0x20000

/** Windows as the detector looks at a text through them. */
export function windowsOf(example: Example, options: FitOptions): Window[] {
  const { wordEnds } = example
  return options.windows.flatMap(({ words, stride, handicap }, width) => {
    const windows: Window[] = []
    for (let first = 0; first < wordEnds.length; first += stride) {
      const last = Math.min(wordEnds.length, first + words)
      if (width === 0 || last - first < wordEnds.length)
        windows.push({
          example,
          from: first === 0 ? 0 : wordEnds[first - 1]!,
          to: wordEnds[last - 1]!,
          divisor: divisorOf(last - first, options),
          handicap,
          attack: isAttack(example, first, last, words),
        })
      if (last === wordEnds.length) break
    }
    return windows
  })
}

function isAttack(
  { attack, planted }: Example,
  first: number,
  last: number,
  width: number,
): boolean | undefined {
  if (!planted) return attack
  const shared = Math.min(last, planted.to) - Math.max(first, planted.from)
  if (shared <= 0) return false
  return shared >= plantedShare * Math.min(width, planted.to - planted.from) ? true : undefined
}

export function scoreOf(windows: readonly Window[], fitted: Fitted): number {
  let best = windows.length === 0 ? fitted.bias : Number.NEGATIVE_INFINITY
  for (const window of windows) best = Math.max(best, scoreOfWindow(window, fitted) - window.handicap)
  return best
}

function scoreOfWindow({ example, from, to, divisor }: Window, { weights, bias }: Fitted): number {
  const { places } = example
  let sum = 0
  for (let index = from; index < to; index++) sum += weights[places[index]!]!
  return bias + sum / divisor
}

/** Logistic regression by AdaGrad. The same for the same examples, options and seed. */
export function fit(examples: readonly Example[], options: FitOptions): Fitted {
  const weights = new Float32Array(tableSize)
  const squares = new Float32Array(tableSize).fill(1e-2)
  const fitted: Fitted = { weights, bias: 0 }
  const mean: Fitted = { weights: new Float32Array(tableSize), bias: 0 }
  let biasSquares = 1e-2
  const random = createRandom(options.seed)
  const importance = importances(examples, options)
  const windows = examples.map((example) => windowsOf(example, options))

  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const instances = windows.flatMap((all, index) => {
      const weight = importance[index]!
      const example = examples[index]!
      const known = all.filter((window) => window.attack !== undefined)
      if (example.attack && !example.planted && epoch >= options.allWindowsEpochs && all.length > 1)
        return [{ window: best(all, fitted), weight }]
      const drawn = some(known, options.mostWindows, random)
      const each = drawn.map((window) => ({
        window,
        weight: (weight * Math.sqrt(known.length)) / drawn.length,
      }))
      return !example.attack && epoch >= options.allWindowsEpochs && all.length > 1
        ? [{ window: best(all, fitted), weight }, ...each]
        : each
    })
    shuffle(instances, random)
    const rate = options.learningRate * (1 - (0.8 * epoch) / options.epochs)
    for (const { window, weight } of instances) {
      const { example, from, to, divisor } = window
      const probability = 1 / (1 + Math.exp(-scoreOfWindow(window, fitted)))
      const error = (probability - (window.attack ? 1 : 0)) * weight
      if (Math.abs(error) < 1e-4) continue
      const step = error / divisor
      const lettersStep = step * options.lettersScale
      const lettersRate = rate * options.lettersScale
      for (let index = from; index < to; index++) {
        const place = example.places[index]!
        const isLetters = place >= lettersStart && place < lettersEnd
        const gradient = (isLetters ? lettersStep : step) + options.decay * weights[place]!
        squares[place]! += gradient * gradient
        weights[place]! -= ((isLetters ? lettersRate : rate) * gradient) / Math.sqrt(squares[place]!)
      }
      biasSquares += error * error
      fitted.bias -= (rate * error) / Math.sqrt(biasSquares)
    }
    if (epoch >= options.epochs - options.meanEpochs) addTo(mean, fitted, 1 / options.meanEpochs)
  }
  return mean
}

function addTo(sum: Fitted, fitted: Fitted, share: number): void {
  sum.bias += share * fitted.bias
  for (let place = 0; place < tableSize; place++) sum.weights[place]! += share * fitted.weights[place]!
}

function best(windows: readonly Window[], fitted: Fitted): Window {
  const scores = windows.map((window) => scoreOfWindow(window, fitted))
  return windows[scores.indexOf(Math.max(...scores))]!
}

/** So many of `items`, in their order, or all of them where they are no more. */
function some<Item>(items: readonly Item[], most: number, random: () => number): readonly Item[] {
  if (items.length <= most) return items
  let missing = most
  return items.filter((_, index) => {
    if (random() * (items.length - index) >= missing) return false
    missing--
    return true
  })
}

/** What each example counts: attacks and harmless texts alike in sum, sources within them by their size to a power. */
function importances(
  examples: readonly Example[],
  { sourcePower, importance }: Pick<FitOptions, 'sourcePower' | 'importance'>,
): number[] {
  const key = ({ source, attack }: Example) => `${attack} ${source}`
  const sizes = new Map<string, number>()
  for (const example of examples) sizes.set(key(example), (sizes.get(key(example)) ?? 0) + 1)
  const raw = examples.map(
    (example) => sizes.get(key(example))! ** (sourcePower - 1) * (importance[example.source] ?? 1),
  )
  const total = { true: 0, false: 0 }
  for (const [index, { attack }] of examples.entries()) total[`${attack}`] += raw[index]!
  return raw.map((weight, index) => ((weight / total[`${examples[index]!.attack}`]) * examples.length) / 2)
}

function shuffle<Item>(items: Item[], random: () => number): void {
  for (let index = items.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    const item = items[index]!
    items[index] = items[other]!
    items[other] = item
  }
}
