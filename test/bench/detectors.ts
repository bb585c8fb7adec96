import { createDetector, type Detector, viewOf } from '@airs-cp/detectors'
import { adversarialTexts } from '../../libs/detectors/adversarial.testing.ts'

/** Cost of the built-in detectors on ordinary and on adversarial text. Aim: all on 2 KB of ordinary text 150 µs, of any text 300 µs. */
const detectors: Record<string, Detector> = {
  pii: createDetector({ detector: 'pii' }),
  secrets: createDetector({ detector: 'secrets' }),
  injection: createDetector({ detector: 'injection' }),
}

const paragraphs = [
  'Thanks for the quick reply! I looked at the report that you sent on Tuesday, and most of it is clear to me. What I do not understand is why the second quarter looks so different from the first, although nothing changed in how we count. Could you compare both, name the three largest causes, and say how sure you are of each? Please answer in two short paragraphs, in plain words, for people who have not read the report.',
  'Here is what the customer wrote: "Hello, my name is Ann Lee, you reach me at ann.lee@example.com or on (212) 555-0187. The order 4711-0815 of 2026-03-04 came without the charger; I paid 129.90 EUR by card." Summarise the complaint in one sentence and propose an answer.',
  'export function median(values: number[]): number {\n  const sorted = values.toSorted((a, b) => a - b)\n  const middle = sorted.length >> 1\n  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2\n}\n\nconst apiUrl = process.env.API_URL ?? "http://localhost:8080/v1"\n// TODO: retry on 429 and 503, with a delay of 250 ms\n',
  '{"id":"0193a7c2-5b1e-7c44-9f0e-3d2b1a4c5d6e","created":1763900000,"model":"gpt-4o","temperature":0.2,"messages":[{"role":"system","content":"You are a helpful assistant for a hardware shop."},{"role":"user","content":"Which screws do I need for a shelf of 30 kg on plasterboard?"}]}\n',
  '1. Preheat the oven to 200 °C. 2. Mix 250 g of flour with a pinch of salt. 3. Add two eggs and 100 ml of milk, and stir until smooth. 4. Let the dough rest for half an hour: this matters more than it seems. 5. Bake for 25 minutes, or until a knife comes out clean. Serves four; keeps for two days in the fridge.',
]

function ordinary(length: number): string {
  let text = ''
  for (let index = 0; text.length < length; index++) text += `${paragraphs[index % paragraphs.length]}\n\n`
  return text.slice(0, length)
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

const small = ordinary(2048)
const large = ordinary(65_536)
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

/** Kinds of text that models get, each made to length. */
const rowsOf = (length: number, row: (index: number) => string) => {
  let text = ''
  for (let index = 0; text.length < length; index++) text += `${row(index)}\n`
  return text.slice(0, length)
}
const kinds: Record<string, (length: number) => string> = {
  prose: (length) => (paragraphs[0]! + paragraphs[4]!).repeat(Math.ceil(length / 600)).slice(0, length),
  code: (length) => `${paragraphs[2]}\n`.repeat(Math.ceil(length / 300)).slice(0, length),
  'chat JSON': (length) => paragraphs[3]!.repeat(Math.ceil(length / 250)).slice(0, length),
  'JSON logs': (length) =>
    rowsOf(length, (index) =>
      JSON.stringify({
        time: new Date(1.76e12 + index * 977).toISOString(),
        level: 'info',
        trace: (0x9e3779b97f4an * BigInt(index + 7)).toString(16).padStart(32, '0').slice(-32),
        message: 'request completed',
        path: `/v1/orders/${10_000 + index * 37}`,
        status: 200,
        durationMs: (index * 7919) % 900,
        bytes: (index * 104_729) % 1e6,
      }),
    ),
  CSV: (length) =>
    rowsOf(length, (index) => {
      const count = (index * 7919) % 97
      return `${100_000 + index};SKU-${1000 + count};${count};${(count * 1.37).toFixed(2)};2026-03-${10 + (index % 19)};${4_006_381_333_900 + index}`
    }),
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
  '\nof texts made to be slow',
  ...Object.keys(detectors).flatMap((name) => [`${name} 64K`, '8M / 64K']),
])
for (const [name, create] of Object.entries(adversarialTexts)) {
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
for (const [name, text] of [['ordinary text', ordinary(4_194_304)] as const, ...slowTexts(4_194_304)]) {
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
