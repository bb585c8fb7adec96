import { globSync, readFileSync } from 'node:fs'
import {
  compilePolicySet,
  createScanCache,
  createThrottle,
  type EvaluationContext,
  evaluate,
  parsePolicies,
} from '@airs-cp/policy-engine'
import { askRequest, formats, type JsonObject } from '@airs-cp/providers'

/** CPU of deciding on a request with the whole library of policies, by length of the conversation, with earlier turns known and unknown. */
const directory = new URL('../../infra/policies/', import.meta.url).pathname
const documents = globSync('*.yaml', { cwd: directory }).flatMap((file) =>
  parsePolicies(readFileSync(directory + file, 'utf8')),
)
const set = compilePolicySet({
  version: 1,
  mode: 'enforce',
  policies: documents.map(({ policy, source }) => ({ name: policy.name, version: 1, document: source })),
})
const conditions = compilePolicySet({
  ...set,
  policies: documents
    .filter(({ policy }) => policy.detectors.length === 0)
    .map(({ policy, source }) => ({ name: policy.name, version: 1, document: source })),
})

const words =
  'Thanks for the quick reply! I looked at the report that you sent on Tuesday, and most of it is clear to me. Could you name the three largest causes, in plain words, for people who have not read it? '
const turn = `You reach me at (212) 555-0187 until 5 pm. ${words.repeat(10)}`
const format = formats['openai.chat']
const subject = {
  tenant: 'default',
  providers: ['openai'],
  tags: [],
  model: 'gpt-4o',
  session: { id: 's', named: true },
}

function conversation(turns: number, last: number): JsonObject {
  const messages = Array.from({ length: turns }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `${index === turns - 1 ? last : index} ${turn}`.slice(0, 2_000),
  }))
  return { model: 'gpt-4o', messages: [{ role: 'system', content: 'You help with reports.' }, ...messages] }
}

/** Microseconds of this thread's CPU per call, the median of five. */
function cpuMicroseconds(run: (index: number) => void, calls: number): number {
  const rounds = Array.from({ length: 5 }, (_, round) => {
    const before = process.threadCpuUsage()
    for (let call = 0; call < calls; call++) run(round * calls + call)
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / calls
  })
  return rounds.sort((a, b) => a - b)[2]!
}

function decide(policies: typeof set, body: JsonObject, more: EvaluationContext): void {
  const texts = format.requestTexts(body)
  const context = askRequest({
    format,
    path: '/v1/chat/completions',
    stream: true,
    sources: [],
    body: () => body,
    texts: () => texts,
  })
  evaluate(policies, 'request', subject, texts, 'key', { ...context, ...more })
}

const throttle = createThrottle(() => performance.now())
console.log(`${set.policies.length} policies; microseconds of CPU per request, turns of 2,000 characters\n`)
console.log(['turns', 'unknown', 'known but the last', 'gain', 'conditions alone'].join('\t'))
for (const turns of [1, 5, 20, 50]) {
  const bodies = Array.from({ length: 8 }, (_, last) => conversation(turns, last))
  const cache = createScanCache('key')
  const calls = Math.ceil(2_000 / turns)
  const unknown = cpuMicroseconds((index) => decide(set, bodies[index % 8]!, { throttle }), calls)
  const known = cpuMicroseconds(
    (index) => decide(set, conversation(turns, index), { throttle, cache }),
    calls,
  )
  const building = cpuMicroseconds((index) => conversation(turns, index), calls)
  const alone = cpuMicroseconds((index) => decide(conditions, bodies[index % 8]!, { throttle }), calls)
  console.log(
    [
      turns,
      ...[unknown, known - building].map((one) => one.toFixed(0)),
      `${(unknown / (known - building)).toFixed(1)}×`,
      alone.toFixed(0),
    ].join('\t'),
  )
}
