import { createDetector, type Detector, viewOf } from '@airs-cp/detectors'
import { adversarialTexts } from '../../libs/detectors/adversarial.testing.ts'
import { ordinaryTexts as kinds } from '../../libs/detectors/ordinary.testing.ts'

/** Cost of the built-in detectors on ordinary and on adversarial text. Aim: all on 2 KB of ordinary text 150 µs, of any text 300 µs. */
const detectors: Record<string, Detector> = {
  pii: createDetector({ detector: 'pii' }),
  secrets: createDetector({ detector: 'secrets' }),
  injection: createDetector({ detector: 'injection' }),
}

/** CPU time of this thread per run, so that neighbours on the machine count for little. */
function cpuMs(run: () => void, leastMs: number): number {
  const before = process.threadCpuUsage()
  for (let runs = 1; ; runs++) {
    run()
    const { user, system } = process.threadCpuUsage(before)
    const spentMs = (user + system) / 1000
    if (spentMs >= leastMs) return spentMs / runs
  }
}

function repeat(run: () => void, times: number): void {
  for (let time = 0; time < times; time++) run()
}

function print(cells: (string | number)[]): void {
  process.stdout.write(
    `${cells.map((cell, index) => (index === 0 ? String(cell).padEnd(30) : String(cell).padStart(12))).join('')}\n`,
  )
}

const small = kinds.mixed!(2048)
const large = kinds.mixed!(65_536)
/** As the policy engine asks them: of one view. */
const all = (text: string) => {
  const view = viewOf(text)
  for (const detector of Object.values(detectors)) detector.detect(text, view)
}
for (let warm = 0; warm < 300; warm++) all(small)
for (let warm = 0; warm < 30; warm++) all(large)

print(['ordinary text', '2 KB, µs', '64 KB, ms'])
for (const [name, detector] of [...Object.entries(detectors), ['all', undefined] as const]) {
  const run = (text: string) => () => (detector ? detector.detect(text) : all(text))
  print([
    name,
    ((1000 * cpuMs(() => repeat(run(small), 50), 1000)) / 50).toFixed(1),
    cpuMs(run(large), 1000).toFixed(3),
  ])
}

/** What the machine takes for work that everybody knows. */
const chat = JSON.stringify(kinds['JSON logs']!(2_000).split('\n'))
const parseUs = (1000 * cpuMs(() => repeat(() => JSON.parse(chat), 100), 300)) / 100
const usOf = (text: string, detector?: Detector) =>
  (1000 * cpuMs(() => repeat(() => (detector ? detector.detect(text) : all(text)), 50), 300)) / 50

print(['\n2 KB by kind, µs', ...Object.keys(detectors), 'all', 'JSON.parses'])
for (const [name, create] of Object.entries(kinds)) {
  const text = create(2048)
  const whole = usOf(text)
  print([
    name,
    ...Object.values(detectors).map((detector) => usOf(text, detector).toFixed(1)),
    whole.toFixed(1),
    (whole / parseUs).toFixed(1),
  ])
}
const slowest = Object.entries(adversarialTexts)
  .map(([name, create]) => [name, usOf(create(2048))] as const)
  .sort((a, b) => b[1] - a[1])
for (const [name, whole] of slowest.slice(0, 5))
  print([`slow: ${name}`, '', '', '', whole.toFixed(1), (whole / parseUs).toFixed(1)])
print(['JSON.parse of 2 KB', '', '', '', parseUs.toFixed(2), '1'])

/** From 64 KB to 8 MB. Linear: 128 times the cost. */
const [shortest, longest] = [65_536, 8_388_608]

print([
  '\nordinary, and made to be slow',
  ...Object.keys(detectors).flatMap((name) => [`${name} 64K`, '8M / 64K']),
])
for (const [name, create] of Object.entries({ ...kinds, ...adversarialTexts })) {
  const [short, long] = [create(shortest), create(longest)]
  const cells = Object.values(detectors).flatMap((detector) => {
    detector.detect(short)
    const once = cpuMs(() => detector.detect(short), 100)
    const whole = cpuMs(() => detector.detect(long), 1)
    return [once.toFixed(2), (whole / once).toFixed(0)]
  })
  print([name, ...cells])
}

/** What others on the thread wait for while a text of 4 MB is scanned: the longest step, in processor time. */
print(['\n4 MB in slices of 16 KB', ...Object.keys(detectors).map((name) => `${name}, ms`)])
for (const [name, text] of [['ordinary text', kinds.mixed!(4_194_304)] as const, ...slowTexts(4_194_304)]) {
  const cells = Object.values(detectors).map((detector) => longestStepMs(detector, text).toFixed(1))
  print([name, ...cells])
}

function slowTexts(length: number): (readonly [string, string])[] {
  return ['digits and spaces', 'IBAN starts', 'passwords', 'UUIDs'].map((name) => [
    name,
    adversarialTexts[name]!(length),
  ])
}

function longestStepMs(detector: Detector, text: string): number {
  let most = 0
  for (const slices = detector.slices(text, 16_384); ; ) {
    const before = process.threadCpuUsage()
    const { done } = slices.next()
    const { user, system } = process.threadCpuUsage(before)
    most = Math.max(most, (user + system) / 1000)
    if (done) return most
  }
}
